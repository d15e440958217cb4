"""What several commands take."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Option("--name", help="The cluster; two names are two clusters.")]
