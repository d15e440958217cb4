"""Live views of a real API server, shown on a page that keeps its frames."""

import contextlib
import signal
import threading
import time
from types import SimpleNamespace

import pytest

from kubeface import notebook
from kubeface.errors import ApiError, BadInput
from kubeface.kube import Cluster, wait
from kubeface.kube.transport import Expired
from kubeface.util.waiting import wait_until
from kubeface.views.live import FRAME_S, Cell, Still, follow, open_page
from kubeface.views.nodes import nodes
from kubeface.views.rollout import rollout
from kubeface.views.tables import table
from kubeface.views.timeline import timeline
from kubeface.views.topology import topology
from kubeface.views.watches import Watches

pytestmark = pytest.mark.usefixtures("no_thread_is_left")

PATIENCE_S = 60
LIVE = {"live": True, "timeout_s": PATIENCE_S}


class Frames:
    """A page that keeps what it is shown, and when."""

    def __init__(self):
        self.shown, self.left = [], []

    def show(self, view, note):
        self.shown.append((time.monotonic(), repr(view)))

    def leave(self, view):
        self.left.append(repr(view))


@pytest.fixture
def here(kubeconfig, space):
    """The cluster, with the test's own namespace to work in."""
    return Cluster.connect(kubeconfig, namespace=space)


@pytest.fixture
def seen(here, later):
    """Follow the config maps of a namespace while something is done to them."""

    def follow_config_maps(deed=None, *, until=lambda found: False, timeout_s=PATIENCE_S, page=None):
        page = page or Frames()
        watches = Watches(here, ["configmaps"], labels=None, namespace=here.namespace)
        if deed:
            later(deed)
        follow(watches, table_of_names, page, until=until, timeout_s=timeout_s)
        return page

    return follow_config_maps


def table_of_names(found):
    return table(found, columns=["name"])


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def has(name):
    return lambda found: any(one.name == name for one in found)


def test_what_is_created_reaches_the_frame(here, seen):
    page = seen(lambda: here.create(config_map("new")), until=has("new"))
    assert "new" not in page.shown[0][1]
    assert page.left == ["NAME\nnew"]


def test_what_is_deleted_leaves_the_frame(here, seen):
    here.create(config_map("old"))
    page = seen(lambda: here.delete("configmap/old"), until=lambda found: not found)
    assert page.left == ["(none)"]


def test_it_ends_by_itself_when_the_time_is_up(seen):
    assert seen(timeout_s=0.5).left == ["(none)"]


def test_an_end_that_holds_at_once_is_the_only_frame(here, seen):
    here.create(config_map("there"))
    page = seen(until=has("there"))
    assert (page.shown, page.left) == ([], ["NAME\nthere"])


@pytest.fixture
def interruptible():
    """Ctrl-C interrupts this process, even where it was started in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_it_and_leaves_the_last_frame(here, seen):
    here.create(config_map("there"))
    started, reader = time.monotonic(), threading.main_thread().ident
    page = seen(lambda: signal.pthread_kill(reader, signal.SIGINT))
    assert page.left == ["NAME\nthere"]
    assert time.monotonic() - started < PATIENCE_S  # it was not the time that ended it


def test_many_changes_at_once_share_their_frames(here, seen):
    def burst():
        for number in range(60):
            here.apply(config_map("busy", turn=str(number)))
        here.create(config_map("last"))

    started = time.monotonic()
    page = seen(burst, until=has("last"))
    assert (len(page.shown) - 1) * FRAME_S <= page.shown[-1][0] - started


def test_a_watch_that_has_expired_is_followed_by_a_new_look(here, later, gadgets, monkeypatch):
    with pytest.raises(Expired):
        list(here.watch(gadgets, since="1", timeout_s=PATIENCE_S, namespace=here.namespace))
    monkeypatch.setattr(Watches, "_look", _that_forgets(Watches._look))
    page, watches = Frames(), Watches(here, ["gadgets"], labels=None, namespace=here.namespace)
    later(lambda: here.create({"apiVersion": "views.test/v1", "kind": "Gadget", "metadata": {"name": "new"}}))
    started = time.monotonic()
    follow(watches, table_of_names, page, until=has("new"), timeout_s=PATIENCE_S)
    assert (page.left, time.monotonic() - started < PATIENCE_S) == (["NAME\nnew"], True)


@pytest.fixture
def gadgets(cluster):
    """A kind that the server learns now: it remembers no change of it from before."""
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object"}},
    }
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"}
    made = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.views.test"},
        "spec": {"group": "views.test", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    cluster.apply(made)
    wait(cluster, "crd/gadgets.views.test", for_="Established", timeout_s=PATIENCE_S)
    wait_until(lambda: _knows(cluster, "gadget"), what="the new kind is not listed", timeout_s=PATIENCE_S)
    return cluster.kind("gadget")


def _knows(cluster, word):
    """A kind is listed a moment after it is Established."""
    with contextlib.suppress(BadInput):
        return bool(cluster.kind(word))
    return False


def _that_forgets(look):
    """The first answer carries a resourceVersion that the API server remembers no more."""
    answers = []

    def forgetful(self, kind):
        answers.append(look(self, kind))
        return "1" if len(answers) == 1 else answers[-1]

    return forgetful


def test_a_guest_is_told_that_watching_is_refused(kubeconfig):
    guest = Cluster.connect(kubeconfig, context="guest")
    with pytest.raises(ApiError, match="list pods"):
        table(guest, "pods", **LIVE)


def test_a_refused_watch_is_told_and_the_frame_stays(kubeconfig, here):
    name, rule = "lists-only", {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
    api = "rbac.authorization.k8s.io"
    here.apply({"apiVersion": f"{api}/v1", "kind": "Role", "metadata": {"name": name}, "rules": [rule]})
    here.apply(
        {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": api, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": api, "kind": "User", "name": "guest"}],
        }
    )
    wait_until_allowed(guest := Cluster.connect(kubeconfig, context="guest", namespace=here.namespace))
    page, watches = Frames(), Watches(guest, ["configmaps"], labels=None, namespace=here.namespace)
    with pytest.raises(ApiError, match="watch configmaps"):
        follow(watches, table_of_names, page, until=lambda found: False, timeout_s=PATIENCE_S)
    assert page.left == ["(none)"]


def wait_until_allowed(guest):
    """The API server learns of a new right by a watch of its own."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return guest.list("configmaps")
        except ApiError:
            assert time.monotonic() < deadline
            threading.Event().wait(0.1)


def test_several_kinds_are_followed_together(here, later, monkeypatch):
    monkeypatch.setenv("KUBEFACE_STATIC", "1")
    later(lambda: here.create(service("web")))
    view = topology(here, until=lambda found: [o.kind for o in found] == ["Service"], **LIVE)
    assert repr(view) == "service/web  · 80"


def service(name):
    ports = [{"port": 80}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": ports}}


def test_a_rollout_ends_when_it_is_complete(here, later, report, capsys):
    deploy(here, report, available=0)
    later(lambda: reported(report, here, available=1))
    view = rollout(here, "deployment/web", **LIVE)
    assert view.is_complete
    assert capsys.readouterr().out == f"{view}\n"


def deploy(cluster, report, *, available):
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web:v1"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}
    cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
    reported(report, cluster, available=available)


def reported(report, cluster, *, available):
    counts = dict.fromkeys(("replicas", "updatedReplicas"), 1)
    counts |= {"readyReplicas": available, "availableReplicas": available, "observedGeneration": 1}
    report("deployment/web", counts, cluster.namespace)


def test_a_word_of_wait_ends_a_table(here, later, report):
    deploy(here, report, available=0)
    available = [{"type": "Available", "status": "True"}]
    later(lambda: report("deployment/web", {"conditions": available}, here.namespace))
    assert len(table(here, "deployments", until="Available", **LIVE)) == 1


def test_without_live_a_cluster_is_looked_at_once(here):
    assert repr(timeline(here)) == "(no events)"
    here.create(service("web"))
    assert repr(topology(here)) == "service/web  · 80"
    assert repr(table(here, "services", columns=["name"])) == "NAME\nweb"
    assert repr(nodes(here, labels="no=such")) == repr(nodes(here.list("nodes")))


def test_under_ci_without_an_end_it_is_one_look(here, capsys):
    view = table(here, "configmaps", **LIVE)
    assert capsys.readouterr().out == f"{view}\n"


@pytest.mark.parametrize("options", [{"live": True}, {"until": "Ready"}, {"labels": "a=b"}])
def test_a_list_cannot_be_watched(options):
    with pytest.raises(BadInput, match="a list of objects cannot be asked for that"):
        table([], **options)


def test_an_end_needs_a_live_view(here):
    with pytest.raises(BadInput, match="only a live view has an end"):
        table(here, "pods", until="Ready")


def test_a_run_that_solves_itself_draws_a_live_view_once_as_its_predictions_have_no_form(monkeypatch):
    for name in ("KUBEFACE_STATIC", "CI", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(notebook, "kernel", lambda: SimpleNamespace(execution_count=1))
    assert isinstance(open_page(), Cell)
    monkeypatch.setenv("KUBEFACE_SOLVED", "1")
    assert notebook.is_static()
    assert isinstance(open_page(), Still)
