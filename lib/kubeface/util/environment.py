"""The environment that our programs are started with, chosen on purpose.

A person's own settings for Go, pip, buildah, Python and the rest are meant for their work: here they would
make another build, or none. What is passed on is how the network is reached, and who the person is.
"""

import os
from collections.abc import Iterable

#: Which proxy leads out of this network, and for which hosts none is needed.
PROXIES = tuple(
    name for word in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (word, word.lower())
)
#: How the network is reached, for whatever fetches: proxies, certificates, mirrors, and logins to them.
NETWORK = (
    *PROXIES,
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "PIP_CERT", "PIP_CLIENT_CERT", "PIP_CONFIG_FILE", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS",
    "PIP_INDEX_URL", "PIP_NO_INDEX", "PIP_PROXY", "PIP_TRUSTED_HOST",
    "GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOAUTH", "NETRC",
    "REGISTRY_AUTH_FILE",
)  # fmt: skip
#: Whose things they are, and where there is room.
_PERSON = ("HOME", "USER", "LOGNAME", "SUDO_UID", "SUDO_GID", "SUDO_USER", "TMPDIR", "CI")
#: Words and bytes alike on every machine: what programs say is read.
_LANGUAGE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
#: Where administrators' programs live; a plain user's PATH often lacks them (Debian).
ADMIN_PATHS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def search_path() -> str:
    """PATH, with administrators' folders at its end."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *ADMIN_PATHS))


def here() -> dict[str, str]:
    """For a program that speaks to this machine and our clusters alone: no proxy, no mirror."""
    return {**_kept(_PERSON), **_ours(), **_LANGUAGE, "PATH": search_path()}


def fetching() -> dict[str, str]:
    """For a program that may fetch something from the network, in the way that the machine is told to."""
    return {**here(), **_kept(NETWORK)}


def _kept(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("KUBEFACE_")}
