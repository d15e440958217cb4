"""What several commands take."""

from typing import Annotated

import typer

from kubeface.cli.application import remember

Name = Annotated[
    str,
    typer.Option(
        "--name", metavar="NAME", envvar="KUBEFACE_CLUSTER", callback=remember, help="Name of the cluster."
    ),
]
