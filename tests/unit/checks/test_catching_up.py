"""catch_up brings what an exercise begins with, and touches nothing that somebody has made or begun."""

import pytest

from kubeface import kubectl
from kubeface.checks import catch_up, exercise, not_started, not_yet, passed
from kubeface.errors import BadInput


def card(cluster, name, text):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"to": text}}
    return cluster.apply(body)


def greet(cluster):
    kubectl("create configmap greeting --from-literal to=you", cluster=cluster)


def reply(cluster):
    kubectl("create configmap reply --from-literal to=me", cluster=cluster)


def thank(cluster):
    kubectl("create configmap thanks --from-literal to=you", cluster=cluster)


def fail(cluster):
    raise AssertionError("nobody asked for this")


def one_way(cluster): ...


def another_way(cluster): ...


def declared(name, solve, ref, text, *, judge=None, needs=()):
    def look(cluster):
        """There is a card."""
        found = cluster.find(ref)
        if found is None:
            return not_started(f"there is no {ref}")
        return passed() if found.data.to == text else not_yet(f"it is to {found.data.to}")

    check = judge or look
    return exercise(name, hints=("A card.",), solve=solve, wrong=(one_way, another_way), needs=needs)(check)


@pytest.fixture(autouse=True)
def thread():
    """Three exercises, of which the last one needs the others in their order."""
    declared("nb97.own", greet, "configmap/greeting", "you")
    declared("nb98.own", reply, "configmap/reply", "me", needs=("nb97.own",))
    declared("nb99.own", thank, "configmap/thanks", "you", needs=("nb97.own", "nb98.own"))


def texts(cluster):
    found = cluster.list("configmaps")
    return {one.name: one.data.to for one in found if one.name != "kube-root-ca.crt"}


def test_where_nothing_is_there_it_makes_all_that_is_needed_and_no_more(here):
    said = catch_up("nb99.own", cluster=here)
    assert repr(said) == "✓ made for you: what nb97.own, nb98.own asked for"
    assert texts(here) == {"greeting": "you", "reply": "me"}
    assert said.is_ready


def test_a_second_time_all_is_there(here):
    catch_up("nb99.own", cluster=here)
    said = catch_up("nb99.own", cluster=here)
    assert repr(said) == "✓ all is there: nb99.own has what it begins with: nb97.own, nb98.own"


def test_what_needs_nothing_is_told_so(here):
    assert repr(catch_up("nb97.own", cluster=here)) == "✓ all is there: nb97.own begins with nothing"
    assert texts(here) == {}


def test_what_somebody_has_made_stays(here):
    greeting = card(here, "greeting", "you").metadata.uid
    assert "made for you: what nb98.own asked for; the rest was there" in repr(
        catch_up("nb99.own", cluster=here)
    )
    assert here.get("configmap/greeting").metadata.uid == greeting


def test_what_somebody_has_begun_is_left_alone_and_nothing_is_built_on_it(here):
    card(here, "greeting", "nobody")
    said = catch_up("nb99.own", cluster=here)
    assert repr(said).splitlines() == [
        "◐ not yet: nb99.own begins with nb97.own: it is to nobody",
        '  Finish it: check("nb97.own") says what is missing.',
        '  Or have it finished: catch_up("nb99.own", now=True)',
    ]
    assert texts(here) == {"greeting": "nobody"}
    assert not said.is_ready


def test_now_finishes_what_somebody_has_begun(here):
    def mend(cluster):
        kubectl("patch configmap greeting --patch 'data: {to: you}'", cluster=cluster)

    declared("nb97.own", mend, "configmap/greeting", "you")
    card(here, "greeting", "nobody")
    assert catch_up("nb99.own", cluster=here, now=True).made == ["nb97.own", "nb98.own"]
    assert texts(here)["greeting"] == "you"


def test_an_object_of_ones_own_under_the_same_name_that_refuses_the_solution_is_told(here):
    card(here, "reply", "nobody")
    said = catch_up("nb99.own", cluster=here, now=True)
    assert texts(here) == {"greeting": "you", "reply": "nobody"}
    assert "◐ not yet: nb99.own begins with nb98.own: it is to nobody" in repr(said)
    assert "cannot be carried out over what is there" in repr(said)
    assert "already exists" in repr(said)
    assert said.made == ["nb97.own"]


def test_a_solution_that_does_not_reach_its_goal_is_not_called_made(here):
    declared("nb97.own", reply, "configmap/greeting", "you")
    said = catch_up("nb98.own", cluster=here)
    assert repr(said).startswith(
        "○ not started: nb98.own begins with nb97.own: there is no configmap/greeting"
    )


def test_a_check_that_breaks_says_so_and_nothing_is_done(here):
    def breaking(cluster):
        """There is a card."""
        raise ZeroDivisionError

    declared("nb97.own", fail, "configmap/greeting", "you", judge=breaking)
    said = catch_up("nb99.own", cluster=here)
    assert repr(said).startswith("! the check itself broke: nb99.own begins with nb97.own: ")
    assert "This is not your doing" in repr(said)
    assert texts(here) == {}


def test_it_is_shown_in_a_notebook_too(here):
    assert "made for you" in catch_up("nb99.own", cluster=here)._repr_html_()


def test_a_name_that_nobody_has_is_refused(here):
    with pytest.raises(BadInput, match=r"there is no exercise 'nb99\.mine'"):
        catch_up("nb99.mine", cluster=here)
