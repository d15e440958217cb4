"""A namespace of one's own, and the page of the notice board."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import standing, text_in
from kubeface.exercises.own.board import KEY, SPACE, afresh, astray, inside, mistaken, without_space
from kubeface.kube import Cluster, apply, kubectl


def nowhere(cluster: Cluster) -> None:
    """Neither the namespace, nor a page that went astray."""
    afresh()(cluster)
    cluster.delete("configmap/page")


def write_the_page(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: mine
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: page
      namespace: mine
    data:
      index.html: |
        <h1 style="color: teal">The board of Ada</h1>
        <p>Tonight: soup.</p>
    """
    apply(cluster, list(yaml.safe_load_all(written)))


def a_namespace_alone(cluster: Cluster) -> None:
    """Nothing in it yet."""
    kubectl(f"create namespace {SPACE}", cluster=cluster)


def a_page_elsewhere(cluster: Cluster) -> None:
    """The page names no namespace, and lands in that of the context."""
    mistaken(cluster, write_the_page, ("  namespace: mine\n", ""))


def a_page_under_another_key(cluster: Cluster) -> None:
    """As `--from-file page.html` would have it."""
    mistaken(cluster, write_the_page, ("index.html", "page.html"))


def a_page_of_nothing(cluster: Cluster) -> None:
    """A key, and its text forgotten."""
    mistaken(cluster, write_the_page, ("Ada", ""))
    inside(cluster).patch("configmap/page", {"data": {KEY: "\n"}})


def by_commands(cluster: Cluster) -> None:
    """Without a file."""
    kubectl(f"create namespace {SPACE}", cluster=cluster)
    kubectl(f"create configmap page --namespace {SPACE} --from-literal {KEY}=hello", cluster=cluster)


@exercise(
    "nb01.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "A file may hold several objects, with a line `---` between them. The first manifest of this lesson "
        "is a namespace's.",
        "The ConfigMap names its namespace itself, under `metadata`: then it matters no more where a context "
        "looks.",
        "Below `data`, `index.html: |` begins a text of several lines, each a little further to the right.",
    ),
    solve=write_the_page,
    wrong=(a_namespace_alone, a_page_elsewhere, a_page_under_another_key, a_page_of_nothing),
    right=(by_commands,),
    start=nowhere,
)
def own(cluster: Cluster) -> Verdict:
    """A namespace mine has a ConfigMap page, which holds a page in your words under the key index.html."""
    lacking = without_space(cluster)
    if lacking:
        return not_started(lacking)
    found = inside(cluster).find("configmap/page")
    if found is None:
        return not_yet(
            astray(cluster, "configmap/page", "ConfigMap page") or f"{SPACE} has no ConfigMap page"
        )
    _, without_words = text_in(found, KEY)
    return passed_unless(standing(found, "ConfigMap page") or without_words)
