"""The rights of the user of an existing cluster, in the pipeline's namespace and outside it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from kubeface.kube import Cluster
from kubeface.kube.contexts import NAMESPACE
from kubeface.kube.rights import may
from kubeface.kube.transport import Forbidden
from kubeface.model.ownership import COURSE_LABEL, is_of_course
from kubeface.util.finding import Finding, listed, not_allowed

AT_ONCE = 8  # chosen: sixty questions to a server far away take a second, and no server minds
_ALL = ("get", "list", "watch", "create", "patch", "delete")
#: What it takes to deploy the pipeline and to use it, in its namespace. The role `edit` has all of it.
NEEDED = {
    "deployments": _ALL,
    "daemonsets": _ALL,
    "cronjobs": _ALL,
    "services": _ALL,
    "configmaps": _ALL,
    "secrets": _ALL,
    "serviceaccounts": _ALL,
    "persistentvolumeclaims": _ALL,
    "networkpolicies": _ALL,
    "pods": ("get", "list", "watch", "create", "delete"),
    "pods/log": ("get",),
    "pods/exec": ("create",),
    "events": ("list",),
}
#: What lessons do beyond it; the pipeline itself does not.
BEYOND = (
    ("namespaces", ("create", "delete"), "as lessons with a namespace of their own do"),
    ("nodes", ("patch",), "as lessons on scheduling do"),
)


def namespace(cluster: Cluster, who: str) -> Iterator[Finding]:
    """Check that the pipeline's namespace exists or can be created, and is the course's own."""
    subject = f"namespace {NAMESPACE}"
    try:
        found = cluster.find(f"namespace/{NAMESPACE}")
    except Forbidden:
        yield Finding(subject, _made_for(who, f"see the namespace {NAMESPACE}"))
        return
    if found is None and not may(cluster, "create", "namespaces"):
        yield Finding(subject, _made_for(who, f"make the namespace {NAMESPACE}"))
    elif found and not is_of_course(found):
        problem = (
            f"The namespace {NAMESPACE} was not made by this course and stays as it is: use another cluster, "
            f"or give it the label {COURSE_LABEL} if all that is in it may go."
        )
        yield Finding(subject, problem)
    else:
        yield Finding(subject)


def within(cluster: Cluster, who: str) -> Iterator[Finding]:
    """The rights in the pipeline's namespace that the user lacks and the pipeline needs."""
    asked = [(what, verb) for what, verbs in NEEDED.items() for verb in verbs]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda one: may(cluster, one[1], one[0], namespace=NAMESPACE), asked)
        refused = [one for one, is_allowed in zip(asked, answers, strict=True) if not is_allowed]
    missing = {what: [verb for other, verb in refused if other == what] for what in NEEDED}
    for what, verbs in missing.items():
        if verbs:
            deed = f"{listed(verbs, 'or')} {what} in the namespace {NAMESPACE}"
            yield Finding(f"rights on {what}", not_allowed(who, deed, _role(who)))
    if not any(missing.values()):
        yield Finding(f"rights in the namespace {NAMESPACE}")


def beyond(cluster: Cluster, who: str) -> Iterator[Finding]:
    """The rights outside that namespace that the user lacks and lessons need."""
    for what, verbs, purpose in BEYOND:
        missing = [verb for verb in verbs if not may(cluster, verb, what)]
        problem = ""
        if missing:
            deed = f"{listed(missing, 'or')} {what}, {purpose}"
            ask = f"{listed([f'`{verb}`' for verb in missing])} on {what}"
            problem = not_allowed(who, deed, ask)
        yield Finding(f"rights on {what}", problem, is_warning=True)


def _made_for(who: str, deed: str) -> str:
    ask = f"`kubectl apply -f manifests/namespace/namespace.yaml` and {_role(who)}"
    return not_allowed(who, deed, ask)


def _role(who: str) -> str:
    return f"`kubectl create rolebinding course --clusterrole=edit --user={who} --namespace={NAMESPACE}`"
