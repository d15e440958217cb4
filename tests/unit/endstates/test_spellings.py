"""Hypothesis writes equal states in other words, on a real API server, and expects equal verdicts."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import REGISTRY

#: The stage is set anew by each example, so that one namespace serves them all.
spelled = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MI = 2**20


def bytes_in_words(count):
    """Ways to write a whole number of MiB as a quantity."""
    return st.sampled_from(
        [
            f"{count}Mi",
            f"{count * 1024}Ki",
            str(count * MI),
            f"{Decimal(count) / 1024:f}Gi",
            f"{count * MI}000m",
        ]
    )


def cpus_in_words(milli):
    return st.sampled_from([f"{milli}m", f"{Decimal(milli) / 1000:f}", f"{milli}e-3", f"{milli * 1000}u"])


def remade(stage, ref, deed):
    stage.cluster.delete(ref, grace_s=0)
    deed()


@spelled
@given(data=st.data())
def test_a_size_is_a_number_whatever_its_unit(data, stage, verdict):
    size = data.draw(st.sampled_from([99, 100, 128]))
    outcomes = set()
    for told in (data.draw(bytes_in_words(size)), f"{size}Mi"):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": told}}}
        body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "scratch"}}
        remade(
            stage, "persistentvolumeclaim/scratch", lambda body=body, spec=spec: claimed(stage, body, spec)
        )
        outcomes.add(verdict("nb04.scratch").partition(":")[0])
    assert outcomes == {"passed" if size == 100 else "not yet"}


def claimed(stage, body, spec):
    """Bound; without the finalizer that a controller would take away again."""
    found = stage.cluster.find("persistentvolumeclaim/scratch")
    if found:
        stage.cluster.patch(found.ref, {"metadata": {"finalizers": None}})
    stage.cluster.create(body | {"spec": spec})
    stage.report("persistentvolumeclaim/scratch", {"phase": "Bound"})


@spelled
@given(data=st.data())
def test_a_request_is_a_number_wherever_it_stands(data, stage, verdict):
    milli = data.draw(st.sampled_from([50, 99, 100, 250]))
    told, place = (
        data.draw(cpus_in_words(milli)),
        data.draw(st.sampled_from(["first", "second", "pod", "limit"])),
    )
    asked, nothing = {"requests": {"cpu": told}}, {}
    first = {"first": asked, "limit": {"limits": {"cpu": told}}}.get(place, nothing)
    second = asked if place == "second" else nothing
    containers = [
        {"name": name, "image": "busybox", "resources": one} for name, one in (("a", first), ("b", second))
    ]
    whole = {"resources": asked} if place == "pod" else {}
    remade(stage, "pod/big", lambda: stage.pod("big", program="big", containers=containers, **whole))
    assert verdict("nb11.fits").partition(":")[0] == ("passed" if milli >= 100 else "not yet")


@spelled
@given(replicas=st.integers(1, 12), surge=st.integers(0, 2), missing=st.integers(0, 2), data=st.data())
def test_a_bound_is_a_number_of_pods_or_the_share_that_makes_it(
    replicas, surge, missing, data, stage, verdict
):
    if surge == missing == 0:
        missing = 1
    shares = {
        "more": [f"{p}%" for p in range(101) if -(-p * replicas // 100) == surge],
        "fewer": [f"{p}%" for p in range(101) if p * replicas // 100 == missing],
    }
    more = data.draw(st.sampled_from([surge, *shares["more"]]))
    fewer = data.draw(st.sampled_from([missing, *shares["fewer"]]))
    stage.deployment(replicas=replicas)
    outcomes = set()
    for told in ((more, fewer), (surge, missing)):
        bounds = {"maxSurge": told[0], "maxUnavailable": told[1]}
        stage.cluster.patch("deployment/receiver", {"spec": {"strategy": {"rollingUpdate": bounds}}})
        outcomes.add(verdict("nb12.one-less").partition(":")[0].replace("not started", "not yet"))
    assert outcomes == {"passed" if (surge, missing) == (0, 1) else "not yet"}


@spelled
@given(
    name=st.sampled_from(["v1.0", "v1.0@D", "@D", "other"]),
    registry=st.sampled_from([REGISTRY, "localhost:5000/me"]),
    program=st.sampled_from(["frontend", "busybox"]),
)
def test_an_image_is_the_same_by_tag_and_by_digest(name, registry, program, stage, verdict):
    words = name.replace("@D", f"@sha256:{'a' * 64}")
    image = f"{registry}/{program}{'' if words.startswith('@') else ':'}{words}"
    stage.deployment("frontend", image=image)
    remade(stage, "pod/f", lambda: stage.pod("f", program="frontend", image=image))
    for exercise in ("nb12.repair", "nb15.no-page"):
        assert verdict(exercise).partition(":")[0] == ("passed" if program == "frontend" else "not yet")


@spelled
@given(
    value=st.sampled_from(["1", "01", "2", "one"]),
    way=st.sampled_from(["literal", "key", "all", "prefix", "secret", "reference", "twice"]),
)
def test_a_variable_counts_wherever_it_comes_from(value, way, stage, verdict):
    for kind, field in (("ConfigMap", "data"), ("Secret", "stringData")):
        body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "workers"}}
        stage.cluster.apply(body | {field: {"WORKERS": value, "KERS": value}})
    literal = {"name": "WORKERS", "value": value}
    key = {"name": "workers", "key": "WORKERS"}
    container = {
        "literal": {"env": [literal]},
        "key": {"env": [{"name": "WORKERS", "valueFrom": {"configMapKeyRef": key}}]},
        "secret": {"env": [{"name": "WORKERS", "valueFrom": {"secretKeyRef": key}}]},
        "all": {"envFrom": [{"configMapRef": {"name": "workers"}}]},
        "prefix": {"envFrom": [{"prefix": "WOR", "secretRef": {"name": "workers"}}]},
        "reference": {"env": [{"name": "N", "value": value}, {"name": "WORKERS", "value": "$(N)"}]},
        "twice": {"envFrom": [{"configMapRef": {"name": "nobody", "optional": True}}], "env": [literal]},
    }[way]
    remade(stage, "deployment/image-processor", lambda: stage.deployment("image-processor", **container))
    outcome = verdict("nb09.workers").partition(":")[0]
    assert outcome == ("passed" if value in ("1", "01") else "not yet")


@spelled
@given(
    selector=st.sampled_from(
        [
            {"matchLabels": {"app.kubernetes.io/name": "web"}},
            {
                "matchExpressions": [
                    {"key": "app.kubernetes.io/name", "operator": "In", "values": ["x", "web"]}
                ]
            },
            {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]},
            {},
        ]
    ),
    bound=st.sampled_from([{"minAvailable": 2}, {"minAvailable": "66%"}, {"maxUnavailable": "33%"}]),
    allowed=st.sampled_from([0, 1, 2]),
)
def test_a_budget_is_known_by_whom_it_selects(selector, bound, allowed, stage, verdict):
    for number in range(3):
        stage.pod(f"w{number}", program="web")
    stage.cluster.delete("pdb/budget")
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "budget"}}
    made = stage.cluster.create(body | {"spec": {"selector": selector} | bound})
    counts = {"currentHealthy": 3, "desiredHealthy": 2, "expectedPods": 3, "disruptionsAllowed": allowed}
    stage.report("pdb/budget", counts | {"observedGeneration": made.metadata.generation})
    assert verdict("nb11.budget").partition(":")[0] == ("passed" if allowed == 1 else "not yet")


@spelled
@given(
    target=st.sampled_from(["http", 4161, None]),
    selector=st.sampled_from(["app.kubernetes.io/name", "tier", "both"]),
    kind=st.sampled_from(["NodePort", "LoadBalancer"]),
    place=st.integers(0, 1),
)
def test_a_door_is_known_by_where_it_leads(target, selector, kind, place, stage, verdict):
    labels = {"app.kubernetes.io/name": "nsqlookupd", "tier": "queue"}
    stage.pod("l", program="nsqlookupd", labels=labels)
    wanted = labels if selector == "both" else {selector: labels[selector]}
    main = {"name": "http", "port": 4161, "nodePort": 30461} | ({"targetPort": target} if target else {})
    ports = [{"name": "tcp", "port": 4160}]
    ports.insert(place, main)
    stage.service("lookup", {"type": kind, "selector": wanted, "ports": ports})
    assert verdict("nb05.lookup") == "passed: "


@spelled
@given(order=st.permutations(["page", "post", "exact"]), is_one_rule=st.booleans(), port=st.booleans())
def test_an_ingress_is_known_by_what_it_matches(order, is_one_rule, port, stage, verdict):
    for name, number in (("receiver", 8000), ("frontend", 8081)):
        stage.pod(name, program=name)
        selector = {"app.kubernetes.io/name": name}
        stage.service(name, {"selector": selector, "ports": [{"name": "http", "port": number}]})
    receiver = {"service": {"name": "receiver", "port": {"name": "http"} if port else {"number": 8000}}}
    frontend = {"service": {"name": "frontend", "port": {"number": 8081}}}
    known = {
        "page": {"path": "/", "pathType": "Prefix", "backend": frontend},
        "post": {"path": "/image/", "pathType": "Prefix", "backend": receiver},
        "exact": {"path": "/image", "pathType": "Exact", "backend": receiver},
    }
    paths = [known[name] for name in order]
    together = [paths] if is_one_rule else [[path] for path in paths]
    rules = [{"host": "photos.example", "http": {"paths": some}} for some in together]
    stage.cluster.delete("ingress/api")
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "api"}}
    stage.cluster.create(body | {"spec": {"rules": rules}})
    assert verdict("nb10.rule") == "passed: "


@spelled
@given(
    others=st.lists(st.sampled_from([30, 60, None]), max_size=2),
    key=st.sampled_from(["node.kubernetes.io/unreachable", ""]),
    place=st.integers(0, 2),
    seconds=st.sampled_from([3, 4]),
)
def test_the_shortest_patience_counts_in_any_order(others, key, place, seconds, stage, verdict):
    def one(wanted, key):
        named = {"key": key} if key else {}
        ends = {} if wanted is None else {"tolerationSeconds": wanted}
        return named | {"operator": "Exists", "effect": "NoExecute"} | ends

    told = [one(wanted, "node.kubernetes.io/unreachable") for wanted in others]
    told.insert(place, one(seconds, key))
    stage.deployment()
    stage.cluster.patch("deployment/receiver", {"spec": {"template": {"spec": {"tolerations": told}}}})
    stage.rolled_out("receiver", 1)
    remade(stage, "pod/r", lambda: stage.pod("r", tolerations=told))
    assert verdict("nb13.leave-sooner").partition(":")[0] == ("passed" if seconds == 3 else "not yet")
