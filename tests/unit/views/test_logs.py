import json

import pytest

from kubeface.errors import ApiError
from kubeface.kube import Cluster
from kubeface.views.canned import LOGS, line
from kubeface.views.logs import LONGEST, logs


def test_lines_of_several_pods_stand_in_the_order_of_time():
    assert repr(logs(LOGS, image_id=7)) == (
        "receiver         │ · stored  image_id=7 path=unknown_people/ada.jpg\n"
        "receiver         │ · published  image_id=7\n"
        "image-processor  │ ▲ warning: again later  image_id=7 delay_s=2\n"
        "face-recognition │ · identified  image_id=7 seconds=0.412\n"
        "image-processor  │ · processed  image_id=7 attempt=2"
    )


def test_its_events_are_listed_by_the_pod_that_tells_them():
    assert logs(LOGS, image_id=7).events == {
        "face-recognition": ["identified"],
        "image-processor": ["again later", "processed"],
        "receiver": ["stored", "published"],
    }


def test_a_filter_takes_lines_in_which_the_field_is_so():
    assert [one.fields["image_id"] for one in logs(LOGS, image_id=8)._lines] == [8] * 3
    assert repr(logs(LOGS, image_id=99)) == "(no lines)"


def test_all_of_it_is_told_in_the_order_of_time():
    said = {"a": "\n".join((line(1, "a", "one"), line(3, "a", "three"))), "b": line(2, "b", "two")}
    assert logs(said).told == [("a", "one"), ("b", "two"), ("a", "three")]


def test_an_id_is_the_same_as_a_number_and_as_text():
    said = {
        "a": line(1, "a", "one", image_id=7),
        "b": line(2, "b", "two", image_id="7"),
        "c": line(3, "c", "x"),
    }
    assert logs(said, image_id=7).events == {"a": ["one"], "b": ["two"]}
    assert len(logs(said, image_id=None)) == 1


def test_a_pod_is_numbered_only_where_another_of_its_name_speaks_too():
    said = {f"receiver-7d9c5b6f4-x2x9{end}": line(1, "r", "one", id=end) for end in "bc"}
    assert list(logs(said).events) == ["receiver 1", "receiver 2"]
    assert list(logs(said, id="b").events) == ["receiver"]


def test_a_line_that_is_no_json_stays_with_its_neighbours():
    said = repr(
        logs({"a": f"{line(1, 'a', 'one')}\nTraceback\n{line(3, 'a', 'three')}", "b": line(2, "b", "two")})
    )
    assert [text.split("·")[1].strip() for text in said.splitlines()] == ["one", "Traceback", "two", "three"]


def test_times_count_from_the_first_line_that_has_one():
    drawn = logs({"a": "no time at all", "b": f"{line(1, 'b', 'one')}\n{line(2.5, 'b', 'two')}"}, times=True)
    assert repr(drawn).splitlines() == [
        "          a │ · no time at all",
        "+00.000 s b │ · one",
        "+01.500 s b │ · two",
    ]


def test_two_pods_of_one_workload_are_told_apart_without_hashes():
    drawn = logs({f"web-7d9c5b6f4-{suffix}": line(1, "web", "up") for suffix in ("x2x9z", "b8k4t")})
    assert [text.split(" │")[0] for text in repr(drawn).splitlines()] == ["web 1", "web 2"]


def test_exact_shows_full_names():
    assert "receiver-7d9c5b6f4-x2x9z         │ · published" in repr(logs(LOGS, exact=True))


def test_a_warning_and_an_error_have_a_sign_and_a_word():
    said = repr(logs({"a": f"{line(1, 'a', 'x', level='warning')}\n{line(2, 'a', 'y', level='error')}"}))
    assert said == "a │ ▲ warning: x\na │ ✕ error: y"


def test_a_long_field_is_cut_and_stays_on_its_line():
    text = json.dumps({"event": "fell", "traceback": "line\n" * 100})
    assert len(repr(logs({"a": text})).splitlines()) == 1
    assert len(repr(logs({"a": text}))) < LONGEST + 40


def test_a_pod_that_has_not_started_says_nothing(kubeconfig, space):
    here = Cluster.connect(kubeconfig, namespace=space)
    containers = [{"name": "web", "image": "web:v1"}, {"name": "sidecar", "image": "web:v1"}]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": containers}}
    here.create(pod)
    assert repr(logs(here)) == "(no lines)"


def test_who_may_not_list_pods_is_told(kubeconfig):
    with pytest.raises(ApiError, match="list pods"):
        logs(Cluster.connect(kubeconfig, context="guest"), "app=web")
