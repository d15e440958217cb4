"""The pool of incidents: each makes sense to a real API server, and nothing that is said names a cause."""

import copy
import re

import pytest
import yaml

from kubeface.drills import breaking, claims, drilling, hints
from kubeface.drills.kept import Kept, drawer_at
from kubeface.drills.pool import LEVELS, TABLE, Incident, draw, pool
from kubeface.errors import BadInput, KubefaceError, NotReady
from kubeface.exercises import notebooks
from kubeface.kube import kustomize
from kubeface.kube.client import ref_of
from kubeface.pipeline.deploy import ORDER, SECRET, course_manifests

LEAST = 40  # specified: as many incidents as a learner does not know by heart
NAMES = list(pool())
#: What a user may speak of.
PARTS = ("receiver", "image-processor")
SENTENCE = re.compile(r"([A-Z]|nsqd|node2).*\.")


@pytest.fixture(scope="module")
def manifests():
    """Every object of the pipeline by its ref, with the Secret that is made when it is deployed."""
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET}, "data": {}}
    return {ref_of(one): one for one in [*kustomize(course_manifests()), secret]}


@pytest.fixture
def here(cluster, space):
    """The API server, in a namespace of the test's own."""
    return type(cluster).connect(cluster.kubeconfig, namespace=space)


def rows():
    return yaml.safe_load(TABLE.read_text())


def put(cluster, manifest):
    """An object of the pipeline as it is deployed, in the test's namespace."""
    body = copy.deepcopy(manifest)
    body["metadata"]["namespace"] = cluster.namespace
    return cluster.apply(body)


def changes(incident, word):
    """The refs and bodies of an incident's steps of one word, but for nodes."""
    steps = [step for step in incident.breaks if word in step]
    return [(step[word], step["with"]) for step in steps if not step[word].startswith("node/")]


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len(rows()) >= LEAST
    assert len({row["name"] for row in rows()}) == len(rows())


def test_every_level_has_some_for_each_draw():
    for level in LEVELS:
        assert len([one for one in pool().values() if one.level == level]) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_a_drill_needs(name, manifests):
    one = pool()[name]
    assert one.level in LEVELS
    assert one.lesson in notebooks()
    assert SENTENCE.fullmatch(one.was)
    assert not one.says or SENTENCE.fullmatch(one.says)
    assert re.match(r"kubectl (get|describe|logs|exec) ", one.shown_by)
    for step in one.breaks:
        (word,) = step.keys() - {"with"}
        assert word in breaking.STEPS
    for ref in one.touches - {"node/*", "node/node2"}:
        assert ref in manifests or any("create" in step for step in one.breaks)
    for claim in one.claims:
        word, _, ref = claim.partition(" ")
        assert word in claims.CLAIMS
        assert not ref or ref in manifests


@pytest.mark.parametrize("name", [name for name in NAMES if changes(pool()[name], "template")])
def test_a_template_is_taken_by_the_api_server_and_is_another_one(name, here, manifests):
    for ref, change in changes(pool()[name], "template"):
        before = put(here, manifests[ref])
        after = here.patch(ref, {"spec": {"template": {"spec": change}}}, strategic=True)
        assert after.raw["spec"]["template"] != before.raw["spec"]["template"]


@pytest.mark.parametrize("name", [name for name in NAMES if changes(pool()[name], "patch")])
def test_a_patch_is_taken_by_the_api_server_and_changes_something(name, here, manifests):
    for ref, change in changes(pool()[name], "patch"):
        body = copy.deepcopy(manifests[ref])
        for port in body.get("spec", {}).get("ports", []):
            port.pop("nodePort", None)  # each is given once, and tests run side by side
        before = put(here, body)
        after = here.patch(ref, change, strategic=True)
        parts = ("spec", "data", "metadata")
        assert any(_asked(after, part) != _asked(before, part) for part in parts)


def _asked(one, part):
    found = one.raw.get(part) or {}
    return {
        key: value for key, value in found.items() if key in ("labels", "annotations") or part != "metadata"
    }


@pytest.mark.parametrize("name", [name for name in NAMES if "create" in str(pool()[name].breaks)])
def test_what_is_made_is_taken_by_the_api_server(name, here):
    for step in pool()[name].breaks:
        if "create" in step:
            body = copy.deepcopy(step["create"])
            body["metadata"]["namespace"] = here.namespace
            assert here.apply(body, dry_run=True).ref == ref_of(body)


def test_what_was_changed_made_and_deleted_is_put_back(here, manifests):
    kept = {ref: put(here, manifests[ref]) for ref in ("networkpolicy/mysql", "serviceaccount/receiver")}
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "budget"},
        "spec": {"hard": {}},
    }
    steps = (
        {"patch": "networkpolicy/mysql", "with": {"spec": {"ingress": []}}},
        {"delete": "serviceaccount/receiver"},
        {"create": quota},
    )
    before = {}
    for step in steps:
        breaking.carry_out(here, step, before.setdefault)
    assert not here.get("networkpolicy/mysql").raw["spec"].get("ingress")
    breaking.put_back(here, before)
    assert here.get("networkpolicy/mysql").raw["spec"] == kept["networkpolicy/mysql"].raw["spec"]
    assert here.get("serviceaccount/receiver").labels == kept["serviceaccount/receiver"].labels
    assert here.find("quota/budget") is None


def test_what_was_there_already_is_not_made_and_not_deleted_in_the_end(here):
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "budget"}}
    here.create(quota)
    before = {}
    with pytest.raises(NotReady, match="budget is there already"):
        breaking.carry_out(here, {"create": quota}, before.setdefault)
    breaking.put_back(here, before)
    assert here.find("quota/budget")


def test_no_hint_depends_on_what_is_broken_but_for_the_lesson(here):
    said = set()
    for one in pool().values():
        kept = Kept([one.name], seed=1, space="", begun=0.0)
        texts = [repr(hints.next_one(here, kept)) for _ in hints.HINTS]
        said.add("\n".join(texts).replace(f"lesson {one.lesson}", "lesson NN"))
    assert len(said) == 1
    (text,) = said
    assert not [one.name for one in pool().values() if one.was in text]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_before_the_end_names_no_cause(name):
    one = pool()[name]
    kept = Kept([name], seed=1, space="", begun=0.0)
    told = [drilling._begun(kept, [one], "A photo is not taken"), drilling._not_yet(kept, 1, "")]
    text = "\n".join(map(repr, told))
    assert one.name not in text
    assert one.was not in text
    for leaf in _leaves([step.get("with") or step.get("create") or {} for step in one.breaks]):
        assert leaf not in one.says


def _leaves(thing):
    """Every word that a step writes into the cluster."""
    if isinstance(thing, dict):
        return [leaf for value in thing.values() for leaf in _leaves(value)]
    if isinstance(thing, list):
        return [leaf for value in thing for leaf in _leaves(value)]
    return [thing] if isinstance(thing, str) and thing not in PARTS else []


def test_a_draw_is_the_same_for_the_same_seed_and_touches_nothing_twice():
    for seed in range(200):
        drawn = draw(3, seed=seed)
        assert drawn == draw(3, seed=seed)
        refs = [ref for one in drawn for ref in one.touches]
        assert len(refs) == len(set(refs))
    assert {one.name for seed in range(2000) for one in draw(1, seed=seed)} == set(NAMES)


def test_a_draw_keeps_to_its_level_and_lesson():
    for seed in range(20):
        (one,) = draw(1, seed=seed, level=3, lesson="05")
        assert (one.level, one.lesson) == (3, "05")


def test_without_rights_on_the_machine_no_node_is_switched_off():
    for seed in range(500):
        assert not any(one.needs_power for one in draw(2, seed=seed, powers=False))


@pytest.mark.parametrize("asked", [{"count": 0}, {"count": 99}, {"level": 4}, {"lesson": "00"}])
def test_a_draw_that_is_none_is_refused_in_a_sentence(asked):
    with pytest.raises(BadInput) as refused:
        draw(**{"count": 1, "seed": 1, **asked})
    assert refused.value.try_next


def test_a_drill_is_kept_for_its_user_alone_and_read_again(tmp_path):
    drawer = drawer_at(tmp_path / "face.drill")
    assert drawer.read() is None
    kept = Kept(["taint"], seed=7, space="a", begun=1.5, before={"node/node1": None}, looks=2, hints=1)
    drawer.write(kept)
    assert drawer.read() == kept
    assert drawer.path.stat().st_mode & 0o777 == 0o600
    drawer.clear()
    assert drawer.read() is None


def test_a_file_that_says_nothing_is_said(tmp_path):
    path = tmp_path / "face.drill"
    path.write_text("{")
    with pytest.raises(KubefaceError, match="cannot be read"):
        drawer_at(path).read()


def test_a_claim_that_nobody_knows_is_refused(here):
    with pytest.raises(BadInput, match="there is no claim 'fine'"):
        claims.why(here, "fine deployment/receiver")


def test_what_cannot_be_asked_does_not_hold(here):
    one = Incident("x", 1, "05", (), ("whole deployment/nobody", "open service/nobody"), "", "")
    assert all(claims.why(here, claim) for claim in one.claims)


def test_the_parts_that_have_to_be_well_are_those_of_the_pipeline(manifests):
    assert set(ORDER) <= set(manifests)
