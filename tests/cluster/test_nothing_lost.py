"""Whatever dies while photos are posted: in the end every accepted photo has exactly one, right answer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import burst
import pytest

from kubeface import Cluster, Pipeline, wait
from kubeface.local.cluster import LocalCluster

COMPONENTS = ("receiver", "image-processor", "face-recognition", "nsqd", "nsqlookupd", "mysql")
NAME = "test"  # the cluster of the fixture `course`


@pytest.fixture(scope="module")
def pipeline(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Deployed, with the pictures of every fault; the redeemer looks after 20 s already."""
    pipeline = Pipeline(Cluster.connect(course, namespace="face"))
    pipeline.deploy()
    folder = tmp_path_factory.mktemp("photos")
    burst.make_photos(folder, (*COMPONENTS, "node"))
    pipeline.load_photos(folder)
    _redeem_sooner(pipeline.cluster)
    return pipeline


def _redeem_sooner(cluster: Cluster) -> None:
    """A patch replaces lists as a whole, so the container goes in with all that it has."""
    spec = cluster.get("cronjob/redeemer").raw["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    others = [one for one in container["env"] if one["name"] != "HANGING_SECONDS"]
    container["env"] = [*others, {"name": "HANGING_SECONDS", "value": "20"}]
    template = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.patch("cronjob/redeemer", {"spec": {"jobTemplate": template}})


@pytest.fixture(scope="module")
def outcomes() -> list[burst.Outcome]:
    """What each test saw."""
    return []


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_death_of_a_component_loses_no_photo(
    component: str, pipeline: Pipeline, outcomes: list[burst.Outcome]
) -> None:
    cluster, gone = pipeline.cluster, set[str]()
    outcome = burst.send(
        pipeline,
        component,
        strike=lambda: gone.update(burst.kill_pods(cluster, f"kubeface-{NAME}", component)),
        is_back=lambda: burst.is_replaced(cluster, component, gone),
    )
    outcomes.append(outcome)
    assert gone
    assert (outcome.accepted, outcome.lost, outcome.wrong) == (burst.PHOTOS, 0, [])


def test_the_death_of_a_node_loses_no_photo(
    pipeline: Pipeline, outcomes: list[burst.Outcome], switched_off: Callable[[str], None]
) -> None:
    """Of a node that holds an nsqd with messages, and as much of the rest as any without the database."""
    cluster = pipeline.cluster
    with_database = {pod.node for pod in cluster.list("pods", labels={"app.kubernetes.io/name": "mysql"})}
    others = [node.name for node in cluster.nodes() if node.name not in with_database]
    pods = [pod.node for pod in cluster.list("pods")]
    victim = max(others, key=pods.count)
    outcome = burst.send(
        pipeline,
        "node",
        strike=lambda: switched_off(victim),
        is_back=lambda: not cluster.get(f"node/{victim}").is_ready,  # missed; it stays off until all is final
    )
    outcomes.append(outcome)
    assert (outcome.accepted, outcome.lost, outcome.wrong) == (burst.PHOTOS, 0, [])


def test_no_answer_was_written_twice(
    pipeline: Pipeline, outcomes: list[burst.Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    """Messages come twice; the rows are still as they were when they first were final."""
    wait(pipeline.cluster, "deployment/frontend", for_="Ready", timeout_s=120)
    doubles = {one.fault: _changed(pipeline, one) for one in outcomes}
    with capsys.disabled():
        print(f"\n{'fault':17} accepted final lost double   back all final")
        for one in outcomes:
            final, double = one.accepted - one.lost, len(doubles[one.fault])
            counts = f"{one.accepted:8} {final:5} {one.lost:4} {double:6}"
            print(f"{one.fault:17} {counts} {one.back_s:4.0f} s {one.final_s:7.0f} s")
    assert len(outcomes) == len(COMPONENTS) + 1
    assert doubles == {one.fault: [] for one in outcomes}


@pytest.fixture
def switched_off(course: Path) -> Iterator[Callable[[str], None]]:
    """Switches a node off, and on again after the test."""
    provider, off = LocalCluster(NAME), list[str]()

    def switch_off(name: str) -> None:
        off.append(name)
        provider.stop_node(name)

    yield switch_off
    for name in off:
        provider.start_node(name)


def _changed(pipeline: Pipeline, outcome: burst.Outcome) -> list[str]:
    now = burst.rows(pipeline, set(outcome.rows))
    return [
        f"{row} became {now.get(number)}" for number, row in outcome.rows.items() if now.get(number) != row
    ]
