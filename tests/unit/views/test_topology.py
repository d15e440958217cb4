from itertools import pairwise
from xml.etree import ElementTree

from kubeface.views.canned import OLD_HASH, PIPELINE, RECEIVER, pod, replica_set, served
from kubeface.views.graph import svg
from kubeface.views.links import ALIKE, links
from kubeface.views.topology import topology


def picture(objects, **options):
    return ElementTree.fromstring(topology(objects, **options).svg)


def lines_of(drawn):
    """How each line of a picture is dashed, arrow heads left out."""
    return [one.get("stroke-dasharray") for one in drawn.iter() if one.get("class") == "line"]


def boxes_of(drawn):
    return [one for one in drawn.iter() if one.tag.endswith("}g")]


def test_the_text_is_the_trees_of_owners_and_then_those_of_services():
    assert repr(topology(PIPELINE[:7])) == (
        "deployment/receiver  ○ 2 of 3 ready\n"
        "└─ replicaset/receiver-…  ○ 2 of 3 ready\n"
        "   ├─ pod/receiver-…  ○ Running 0/1\n"
        "   ├─ pod/receiver-…  ● Running 1/1\n"
        "   └─ pod/receiver-…  ● Running 1/1\n"
        "service/receiver  · http 8000\n"
        "└─ endpointslice/receiver-…  ○ 2 of 3 ready\n"
        "   ├─ pod/receiver-…  ○ gets none: not ready\n"
        "   ├─ pod/receiver-…  ● gets requests\n"
        "   └─ pod/receiver-…  ● gets requests"
    )


def test_the_text_does_not_depend_on_the_order_of_the_objects():
    assert repr(topology(reversed(PIPELINE))) == repr(topology(PIPELINE))


def test_exact_shows_hashes_and_nodes():
    assert "pod/receiver-7d9c5b6f4-x2x9z  ● Running 1/1 on node1" in repr(topology(RECEIVER, exact=True))


def test_a_replica_set_that_wants_no_pods_any_more_is_history():
    objects = [*RECEIVER, replica_set("receiver", 0, 0, hash_=OLD_HASH)]
    assert repr(topology(objects)) == repr(topology(RECEIVER))
    assert "replicaset/receiver-…  · none wanted" in repr(topology(objects, history=True))


def test_an_object_whose_owner_is_not_there_is_a_root():
    assert repr(topology([pod("receiver", "node1")])) == "pod/receiver-…  ● Running 1/1"


def test_a_service_without_pods_is_drawn_too():
    assert repr(topology(served("receiver", []))).splitlines()[1:] == [
        "└─ endpointslice/receiver-…  · none wanted"
    ]
    assert len(boxes_of(picture(served("receiver", [])))) == 2


def test_the_picture_has_one_box_an_object_and_one_line_a_link():
    drawn = picture(RECEIVER)
    assert len(boxes_of(drawn)) == len(RECEIVER)
    assert sorted(lines_of(drawn)) == ["2 5"] + ["6 4"] * 3 + ["none"] * 4


def test_what_the_cluster_says_cannot_break_the_picture():
    one = pod("<b>&", "node1", waiting="<i>&")
    assert [text.text for text in picture([one]).findall(".//{*}text")] == ["<b>&-…", "Pod ● <i>& 1/1"]


def test_every_box_says_its_state_in_words():
    said = [one.find("{*}title").text for one in boxes_of(picture(PIPELINE))]
    assert "Pod image-processor-7d9c5b6f4-x2x9z: CrashLoopBackOff 0/1" in said


def test_many_pods_that_look_the_same_are_one_box_that_keeps_its_lines():
    pods = [pod("receiver", "node1", suffix=f"bbb{n:02}") for n in range(ALIKE + 1)]
    objects = [replica_set("receiver", 9, 9), *pods, *served("receiver", pods)]
    assert f"pod/receiver-… ×{ALIKE + 1}  ● Running 1/1" in repr(topology(objects))
    assert len(boxes_of(picture(objects))) == 4
    assert sorted(lines_of(picture(objects))) == ["6 4", "6 4", "none"]
    assert len(boxes_of(picture(objects, exact=True))) == len(objects)


def test_no_two_boxes_cover_each_other():
    drawn = ElementTree.fromstring(svg(links(PIPELINE), text="all"))
    places = [(one.find("{*}rect").get("x"), float(one.find("{*}rect").get("y"))) for one in boxes_of(drawn)]
    for x in {x for x, _ in places}:
        column = sorted(y for at, y in places if at == x)
        assert all(below - above >= 46 for above, below in pairwise(column))
