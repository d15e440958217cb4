"""Add `--name` of the cluster in question to the commands that a message advises."""

import re
from typing import Any

from kubeface.local.names import option

_COMMAND = re.compile(r"\bkubeface((?: [a-z]+)+)\b(?![^;,\n]* --name)")


def about(text: str, cluster: str, tree: Any) -> str:
    """Add a cluster's `--name` to each kubeface command in a text that takes one.

    Args:
        tree: The whole command line, as click knows it.
    """
    return _COMMAND.sub(lambda found: _named(found[1].split(), cluster, tree), text)


def _named(words: list[str], cluster: str, tree: Any) -> str:
    known = []
    for word in words:
        if word not in getattr(tree, "commands", {}):
            break
        tree = tree.commands[word]
        known.append(word)
    takes_name = any("--name" in one.opts for one in tree.params)
    return (
        " ".join(["kubeface", *known])
        + (option(cluster) if takes_name else "")
        + "".join(f" {word}" for word in words[len(known) :])
    )
