"""The command `kubeface`: set up, up, down, status, doctor, logs, node, lab."""

from kubeface.cli.commands import main

__all__ = ["main"]
