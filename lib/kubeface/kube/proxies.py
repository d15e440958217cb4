"""Clusters on this machine are reached without the environment's HTTP proxy."""

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

from kubeface.places import CONTEXT

#: What other programs, kubectl among them, read for hosts that need no proxy.
NO_PROXY = ("NO_PROXY", "no_proxy")


def bypass_proxy(client: Any, context: dict[str, Any]) -> None:
    """Make the client library use no proxy if the cluster of its context is on this machine.

    The programs that this process starts, such as kubectl, then use none for it either.
    """
    host = urlsplit(client.configuration.host).hostname or ""
    if not is_local(host, context.get("cluster", "")):
        return
    exclude_from_proxy(host)
    if client.configuration.proxy:
        from kubernetes.client.rest import RESTClientObject

        client.configuration.proxy = None
        client.rest_client = RESTClientObject(client.configuration)


def is_local(host: str, cluster: str) -> bool:
    """Whether a cluster is on this machine: the course's own, or at a loopback address.

    >>> is_local("172.31.9.1", CONTEXT), is_local("127.0.0.1", "kind-kind"), is_local("10.0.0.1", "office")
    (True, True, False)
    """
    try:
        return cluster == CONTEXT or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def exclude_from_proxy(host: str) -> None:
    """Add a host to NO_PROXY, for this process and the programs that it starts."""
    for name in NO_PROXY:
        told = os.environ.get(name) or next(filter(None, map(os.environ.get, NO_PROXY)), "")
        if host not in told.split(","):
            os.environ[name] = ",".join(filter(None, (told, host)))
