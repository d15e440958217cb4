"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from kubeface.cli.application import remember

Name = Annotated[
    str,
    typer.Option(
        "--name",
        metavar="NAME",
        envvar="KUBEFACE_CLUSTER",
        callback=remember,
        show_default=False,
        help="Name of the cluster (default: face).",
    ),
]

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="FOLDER",
        envvar="KUBEFACE_FOLDER",
        help="Your own folder: notebooks, manifests, photos; default: ~/kubeface.",
    ),
]
