"""A name for whoever changes the page, with no more rights than that takes; no key where none is needed."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import each, standing
from kubeface.endstates.rights import may
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import SPACE, afresh, astray, inside, mistaken
from kubeface.kube import Cluster, KubeObject, apply, wait

NEEDS = ("nb01.own", "nb07.own")
KEEPER = "keeper"
#: What it takes to read the page and to change it: either verb of changing is enough.
CHANGING = ("update", "patch")
#: What nobody who only keeps the page needs.
TOO_MUCH = (
    ("delete", "configmaps", "page"),
    ("create", "configmaps", ""),
    ("get", "configmaps", "other"),
    ("update", "configmaps", "other"),
    ("patch", "configmaps", "other"),
    ("list", "configmaps", ""),
    ("get", "secrets", ""),
    ("get", "pods", ""),
    ("delete", "pods", ""),
    ("patch", "deployments", ""),
)


def give_a_key_to_the_keeper(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: keeper
      namespace: mine
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: keeper
      namespace: mine
    rules:
      - apiGroups: [""]
        resources: [configmaps]
        resourceNames: [page]
        verbs: [get, update, patch]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata:
      name: keeper
      namespace: mine
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: Role
      name: keeper
    subjects:
      - kind: ServiceAccount
        name: keeper
        namespace: mine
    """
    without_a_key = {"spec": {"template": {"spec": {"automountServiceAccountToken": False}}}}
    apply(cluster, list(yaml.safe_load_all(written)))
    cluster.patch("deployment/board", without_a_key, namespace="mine")
    wait(cluster, "deployment/board", for_="Ready", timeout_s=90, namespace="mine")


#: The line of the solution that takes the key out of the boards.
_KEYLESS = 'cluster.patch("deployment/board", without_a_key, namespace="mine")\n'


def a_keeper_without_rights(cluster: Cluster) -> None:
    """An account that no binding names."""
    mistaken(
        cluster,
        give_a_key_to_the_keeper,
        (_KEYLESS, ""),
        ("  - kind: ServiceAccount\n    name: keeper", "  - kind: ServiceAccount\n    name: default"),
    )


def a_keeper_of_every_page(cluster: Cluster) -> None:
    """The Role names no object."""
    mistaken(cluster, give_a_key_to_the_keeper, (_KEYLESS, ""), ("    resourceNames: [page]\n", ""))


def a_keeper_who_deletes(cluster: Cluster) -> None:
    """Every verb, on the right object."""
    mistaken(cluster, give_a_key_to_the_keeper, (_KEYLESS, ""), ("[get, update, patch]", '["*"]'))


def a_reader(cluster: Cluster) -> None:
    """It may look, and not touch."""
    mistaken(cluster, give_a_key_to_the_keeper, (_KEYLESS, ""), ("[get, update, patch]", "[get]"))


def boards_with_a_key(cluster: Cluster) -> None:
    """The account is right, and the boards carry a token as before."""
    mistaken(cluster, give_a_key_to_the_keeper, (_KEYLESS, ""))


def by_the_account(cluster: Cluster) -> None:
    """The boards' own account says that no token is mounted."""
    mistaken(
        cluster,
        give_a_key_to_the_keeper,
        ('{"automountServiceAccountToken": False}', '{"serviceAccountName": "board"}'),
        ("kind: ServiceAccount\nmetadata:\n  name: keeper\n  namespace: mine\n", _TWO_ACCOUNTS),
    )
    wait(cluster, "deployment/board", for_="Ready", timeout_s=60, namespace=SPACE)


_TWO_ACCOUNTS = """kind: ServiceAccount
metadata:
  name: keeper
  namespace: mine
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: board
  namespace: mine
automountServiceAccountToken: false
"""


@exercise(
    "nb14.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A ServiceAccount, a Role and a RoleBinding; and one field of the boards' template.",
        "A rule of a Role may name its objects: `resourceNames`. `kubectl auth can-i update "
        "configmap/page --as "
        "system:serviceaccount:mine:keeper --namespace mine` asks what came of it.",
        "`automountServiceAccountToken: false` stands in the template's `spec`, or in the account that "
        "it names.",
    ),
    solve=give_a_key_to_the_keeper,
    wrong=(
        a_keeper_without_rights,
        a_keeper_of_every_page,
        a_keeper_who_deletes,
        a_reader,
        boards_with_a_key,
    ),
    right=(by_the_account,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """An account keeper in mine may read and change the ConfigMap page, no more; no board carries a token."""
    mine = inside(cluster)
    board, keeper = mine.find("deployment/board"), mine.find(f"serviceaccount/{KEEPER}")
    if board is None:
        return not_yet(f"{SPACE} has no Deployment board")
    key = _with_a_key(mine, board)
    if keeper is None:
        lost = astray(cluster, f"serviceaccount/{KEEPER}", "ServiceAccount keeper")
        if key and not lost:
            return not_started(f"{SPACE} has no ServiceAccount keeper, and each board carries a token")
        return not_yet(lost or f"{SPACE} has no ServiceAccount keeper")
    return passed_unless(
        standing(keeper, "ServiceAccount keeper")
        or _too_little(mine)
        or _too_much(mine)
        or unfinished(board, called="boards")
        or key
    )


def _too_little(mine: Cluster) -> str:
    if not may(mine, KEEPER, "get", "configmaps", name="page"):
        return "keeper may not get the ConfigMap page"
    if any(may(mine, KEEPER, verb, "configmaps", name="page") for verb in CHANGING):
        return ""
    return "keeper may get the ConfigMap page, and not change it"


def _too_much(mine: Cluster) -> str:
    """The first right that nobody needs who only keeps the page."""
    for verb, what, name in TOO_MUCH:
        if may(mine, KEEPER, verb, what, name=name):
            return f"keeper may {verb} {what}{f': {name}' if name else ''}, too"
    return ""


def _with_a_key(mine: Cluster, board: KubeObject) -> str:
    """Which board has a token of the API server's in a volume."""
    for pod in pods.of(mine, board):
        for volume in each(pod, "spec", "volumes"):
            if any(one.get("serviceAccountToken") for one in each(volume, "projected", "sources")):
                return f"the Pod {pod.name} carries a token, and asks the API server nothing"
    return ""
