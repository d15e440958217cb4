"""Why Pods are not even made: quota, Pod Security, a ServiceAccount that is missing; pure."""

import re

_QUOTA = re.compile(
    r"exceeded quota: (?P<name>[^,]+), requested: (?P<asked>\S+), "
    r"used: (?P<used>\S+), limited: (?P<limit>\S+)"
)
_UNSAID = re.compile(r"failed quota: (?P<name>\S+): must specify (?P<what>.+)")
_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^":]+)(?::[^"]*)?": (?P<parts>.+)', re.DOTALL)
_ACCOUNT = re.compile(r'serviceaccount "(?P<name>[^"]+)" not found')
_PART = re.compile(r", (?=[^()]*(?:\(|$))")  # a comma that is not inside of brackets


def in_words(message: str) -> str:
    """Why a Pod was refused, in words; the message itself if it is of no kind known here.

    >>> print(in_words('pods "web-1" is forbidden: exceeded quota: small, '
    ...                'requested: pods=1,cpu=2, used: pods=3,cpu=0, limited: pods=3,cpu=4'))
    ResourceQuota small is used up: pods: 1 more, 3 of 3 used; cpu: 2 more, 0 of 4 used
    """
    if found := _QUOTA.search(message):
        return f"ResourceQuota {found['name']} is used up: {_uses(found)}"
    if found := _UNSAID.search(message):
        return f"ResourceQuota {found['name']} wants each container to say {found['what'].strip()}"
    if found := _SECURITY.search(message):
        refused = "\n  ".join(_PART.split(found["parts"].strip()))
        return f"Pod Security refuses it, the namespace enforces {found['level']}:\n  {refused}"
    if found := _ACCOUNT.search(message):
        return f"serviceaccount/{found['name']} does not exist"
    return message.strip()


def _uses(found: re.Match[str]) -> str:
    asked, used, limit = (_pairs(found[part]) for part in ("asked", "used", "limit"))
    return "; ".join(
        f"{name}: {asked[name]} more, {used.get(name, '?')} of {limit.get(name, '?')} used" for name in asked
    )


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)
