from concurrent.futures import ThreadPoolExecutor

import pytest

from kubeface.errors import ApiError, BadInput, Missing
from kubeface.kube import Cluster, wait
from kubeface.kube.transport import ConnectionFailed, Expired, Forbidden, NotFound


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def test_the_version_is_what_the_server_says(cluster):
    assert cluster.version().startswith("v1.")


def test_an_object_comes_back_as_created(cluster, space):
    cluster.create(config_map("greeting", hello="world"), namespace=space)
    assert cluster.get("cm/greeting", namespace=space).data.hello == "world"


def test_creating_twice_is_refused_in_the_servers_words(cluster, space):
    cluster.create(config_map("one"), namespace=space)
    with pytest.raises(ApiError, match="already exists"):
        cluster.create(config_map("one"), namespace=space)


def test_what_is_not_there_is_not_found(cluster, space):
    assert cluster.find("configmap/nobody", namespace=space) is None
    with pytest.raises(NotFound, match="configmap/nobody"):
        cluster.get("configmap/nobody", namespace=space)


def test_a_list_is_sorted_and_selected_by_label(cluster, space):
    for name in ("b", "a", "c"):
        cluster.create(config_map(name), namespace=space)
        if name != "c":
            cluster.patch(f"cm/{name}", {"metadata": {"labels": {"tier": "web"}}}, namespace=space)
    found = cluster.list("configmaps", labels={"tier": "web"}, namespace=space)
    assert [one.ref for one in found] == ["configmap/a", "configmap/b"]


def test_a_patch_with_none_removes_a_field(cluster, space):
    cluster.create(config_map("one", a="1", b="2"), namespace=space)
    assert cluster.patch("cm/one", {"data": {"a": None}}, namespace=space).data == {"b": "2"}


def test_a_strategic_patch_merges_a_list_by_name(cluster, space):
    ports = [{"name": "http", "port": 80}, {"name": "metrics", "port": 90}]
    spec = {"selector": {"app": "x"}, "ports": ports}
    cluster.create(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}, namespace=space
    )
    change = {"spec": {"ports": [{"port": 80, "targetPort": "http"}]}}
    merged = cluster.patch("service/web", change, namespace=space, strategic=True)
    assert {port.name: port.targetPort for port in merged.spec.ports} == {"http": "http", "metrics": 90}


def test_delete_says_whether_there_was_something(cluster, space):
    cluster.create(config_map("one"), namespace=space)
    assert cluster.delete("cm/one", namespace=space) is True
    assert cluster.delete("cm/one", namespace=space) is False


def test_a_kind_outside_the_table_is_discovered(cluster):
    assert cluster.list("flowschemas")[0].kind == "FlowSchema"


def test_a_kind_that_nobody_knows_is_refused(cluster):
    with pytest.raises(BadInput, match="no kind called 'gadgets'"):
        cluster.list("gadgets")


def test_a_user_without_rights_hears_it_from_the_server(kubeconfig):
    guest = Cluster.connect(kubeconfig, context="guest")
    with pytest.raises(Forbidden, match='User "guest" cannot list resource "pods"'):
        guest.list("pods")


def test_a_context_that_is_not_there_is_named(kubeconfig):
    with pytest.raises(BadInput, match="no context 'boss'"):
        Cluster.connect(kubeconfig, context="boss")


def test_without_a_kubeconfig_the_way_to_one_is_told(tmp_path):
    with pytest.raises(Missing, match="kubeface up"):
        Cluster.connect(tmp_path / "none")


def test_a_file_that_is_no_kubeconfig_is_refused(tmp_path):
    path = tmp_path / "odd"
    path.write_text("clusters: []\n")
    with pytest.raises(BadInput, match="not a usable kubeconfig"):
        Cluster.connect(path)


def test_a_refused_patch_says_why_first_and_in_few_words(cluster, space):
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "x"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
    cluster.create(web, namespace=space)
    with pytest.raises(ApiError) as refused:
        cluster.patch("deployment/web", {"spec": {"replicas": "two"}}, namespace=space)
    what, why, *rest = str(refused.value).splitlines()
    assert what == "could not patch deployment/web: the API server answered 422"
    assert why.startswith("json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas")
    assert sum(map(len, rest)) < 120


def test_a_refusal_is_never_longer_than_a_screen(cluster, space):
    labels = {"metadata": {"labels": {key: "no label! " + 5000 * key for key in "abcdefgh"}}}
    cluster.create(config_map("one"), namespace=space)
    with pytest.raises(ApiError, match="a valid label must be") as refused:
        cluster.patch("cm/one", labels, namespace=space)
    assert len(str(refused.value)) < 2000


@pytest.mark.parametrize("body", ["words", {"kind": "ConfigMap"}, [], None, {"metadata": "x"}])
def test_what_is_no_object_is_not_sent(cluster, body):
    with pytest.raises(BadInput, match="is no object"):
        cluster.create(body)
    with pytest.raises(BadInput, match="is not a ref"):
        cluster.get(5)


def test_the_course_has_its_own_kubeconfig(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "mine"))
    with pytest.raises(Missing, match="mine"):
        Cluster.connect()


def test_silence_is_told_apart_from_a_refusal(kubeconfig, tmp_path):
    import yaml

    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    path = tmp_path / "silent"
    path.write_text(yaml.safe_dump(config))
    with pytest.raises(ConnectionFailed, match="no answer from https://127"):
        Cluster.connect(path).version()


@pytest.fixture(scope="module")
def widgets(cluster):
    """A kind that the server learns now: it remembers no change of it from before."""
    schema = {"openAPIV3Schema": {"type": "object"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {
        "group": "test.kubeface",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [version],
    }
    meta = {"name": "widgets.test.kubeface"}
    made = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta}
    cluster.apply({**made, "spec": spec})
    wait(cluster, "crd/widgets.test.kubeface", for_="Established", timeout_s=20)
    return cluster.kind("widget")


def test_a_kind_of_somebody_elses_is_spoken_to_like_any_other(cluster, widgets, space):
    widget = {"apiVersion": "test.kubeface/v1", "kind": "Widget", "metadata": {"name": "one"}}
    cluster.apply(widget, namespace=space)
    assert [one.ref for one in cluster.list("widgets", namespace=space)] == ["widget/one"]


def test_a_watch_from_too_long_ago_says_so(cluster, widgets):
    with pytest.raises(Expired):
        list(cluster.watch(widgets, since="1", timeout_s=5, namespace="default"))


def test_two_threads_may_ask_for_a_kind_that_there_is_not(cluster):
    def ask(number):
        with pytest.raises(BadInput, match="has no kind called 'gremlins'"):
            cluster.kind("gremlins")

    for _ in range(5):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ask, range(4)))
