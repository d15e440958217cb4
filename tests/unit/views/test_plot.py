"""Lines over time: true to what was measured, told apart without colour, the same words in every run."""

import base64
import itertools
import re
from threading import Event
from xml.etree import ElementTree

import pytest

from kubeface import notebook
from kubeface.errors import KubefaceError
from kubeface.views import measuring
from kubeface.views.canned import ANSWERS
from kubeface.views.curves import APART, Line, svg, ticks
from kubeface.views.plot import plot
from kubeface.views.readings import NOTHING, Plot

pytestmark = pytest.mark.usefixtures("no_thread_is_left")

SVG = "{http://www.w3.org/2000/svg}"
SIX = [(second, {name: at for at, name in enumerate("uvwxyz")}) for second in range(3)]


def drawn(view):
    return ElementTree.fromstring(view.svg)


def curves(view):
    """The lines in the picture that run through the readings, by their number."""
    return [one for one in drawn(view).iter(f"{SVG}path") if one.get("class").startswith("line")]


def heights(path):
    return [float(y) for y in re.findall(r"[ V](-?[\d.]+)(?=[LHV]|$)", path)]


class Frames:
    """A page that keeps what it is shown."""

    def __init__(self):
        self.shown, self.left = [], []
        self.enough = Event()

    def show(self, view, note):
        self.shown.append(repr(view))
        if len(self.shown) > 2:
            self.enough.set()

    def leave(self, view):
        self.left.append(repr(view))


@pytest.fixture
def page(monkeypatch):
    frames = Frames()
    monkeypatch.setattr(measuring, "open_page", lambda: frames)
    return frames


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (0, 3, "rises from 0"),
        (1, 4, "rises"),
        (3, 0, "falls to 0"),
        (4, 1, "falls"),
        (2, 2, "ends as it began"),
    ],
)
def test_a_number_is_told_by_its_way(first, last, words):
    assert repr(plot([(0, {"Pods": first}), (1, {"Pods": 9}), (2, {"Pods": last})], "Pods")) == (
        f"Pods, over time\n  Pods   {words}"
    )


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ([0, 5, 5, 5], "at first, and not in the end"),
        ([0, 0, 0, 5], "not at first, but in the end"),
        ([0, 5, 5, 9], "at first, and in the end"),
        ([0, 0, 5, 5], "only in between"),
        ([7, 7, 7, 7], "never any"),
    ],
)
def test_a_counter_is_told_by_when_it_grows(counted, words):
    readings = [(at, {"new": count, "other": at}) for at, count in enumerate(counted)]
    assert f"  new     {words}" in repr(plot(readings, "answers", a_second=True))


def test_moments_at_which_nothing_grows_change_no_word():
    stalled = [(-1, {}), *ANSWERS, (ANSWERS[-1][0] + 1, ANSWERS[-1][1])]
    assert repr(plot(stalled, "answers", a_second=True)) == repr(plot(ANSWERS, "answers", a_second=True))


def test_what_is_drawn_of_a_counter_is_its_growth_a_second():
    view = plot([(0, {"a": 0}), (2, {"a": 20}), (3, {"a": 40})], "photos", a_second=True)
    first, second = heights(curves(view)[0].get("d"))
    assert (260 - 42 - first) * 2 == pytest.approx(260 - 42 - second, abs=0.2)  # 10 and 20 a second


def test_exact_has_the_numbers():
    assert "rises: 1 → 4, at most 4 after 2 s" in repr(plot([(0, {"a": 1}), (2, {"a": 4})], "x", exact=True))


def test_what_a_reading_lacks_counts_as_0():
    assert "late   rises from 0" in repr(plot([(0, {"a": 1}), (1, {"a": 1, "late": 2})], "x"))


@pytest.mark.parametrize("readings", [[], [(0, {})]])
def test_no_readings_are_said_to_be_none(readings):
    assert repr(plot(readings, "x")) == NOTHING
    assert NOTHING in plot(readings, "x")._repr_html_()


def test_each_line_has_dashes_or_marks_of_its_own_and_its_name_beside_it():
    tree = drawn(plot(SIX, "x"))
    texts = [one.text for one in tree.iter(f"{SVG}text")]
    assert set("uvwxyz") <= set(texts)
    strokes = [one for one in tree.iter(f"{SVG}path") if one.get("class").startswith("line")][6:]
    marks = [one for one in tree.iter(f"{SVG}path") if one.get("class").startswith("f")][-6:]
    looks = {(one.get("stroke-dasharray"), mark.get("d")) for one, mark in zip(strokes, marks, strict=True)}
    assert len(looks) == 6


def test_labels_do_not_touch_where_lines_end_together():
    same = [Line(name, ((0, 1.0), (1, 1.0))) for name in "abc"]
    tree = ElementTree.fromstring(svg(same, unit="x", steps=True, text="x"))
    places = sorted(float(one.get("y")) for one in tree.iter(f"{SVG}text") if one.text in ("a", "b", "c"))
    assert all(later - one >= APART for one, later in itertools.pairwise(places))


def test_its_axes_say_what_they_count():
    texts = [one.text for one in drawn(plot(ANSWERS, "answers", a_second=True)).iter(f"{SVG}text")]
    assert {"answers a second", "seconds", "0"} <= set(texts)


@pytest.mark.parametrize("most", [0.07, 1, 3, 6.5, 24, 99, 100, 12345])
def test_ticks_are_few_and_reach_the_largest_value(most):
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most * 0.999
    assert 2 <= len(found) <= 7


def test_the_picture_has_words_and_the_same_readings_make_the_same_picture():
    view = plot(ANSWERS, "answers", a_second=True)
    tree = drawn(view)
    assert tree.get("role") == "img"
    assert tree.find(f"{SVG}desc").text == repr(view)
    assert tree.get("aria-label").split() == repr(view).split()
    assert view.svg == plot(ANSWERS, "answers", a_second=True).svg
    assert "prefers-color-scheme:dark" in view.svg
    assert base64.b64encode(view.svg.encode()).decode() in view._repr_html_()


def test_a_name_cannot_break_out_of_picture_or_page():
    view = plot([(0, {"<script>": 1}), (1, {"<script>": 2})], "<b>")
    assert drawn(view) is not None
    assert "<script>" not in view._repr_html_()
    assert "<b>" not in view._repr_html_()


def test_numbers_are_there_for_whoever_does_not_see_the_picture():
    page = plot(ANSWERS, "answers", a_second=True)._repr_html_()
    rows = re.findall(r"<tr><td[^>]*>([\d.]+)</td>", page)
    assert rows[0] == "0.5"
    assert rows[-1] == "9.0"
    assert 2 < len(rows) < 10


def test_a_block_is_measured_from_its_beginning_to_its_end(page):
    state = {"done": 0}
    with plot(lambda: state, "photos", every_s=0.01) as seen:
        assert page.enough.wait(10)
        state = {"done": 3}
    assert [told for _, told in (seen.readings[0], seen.readings[-1])] == [{"done": 0}, {"done": 3}]
    assert page.left == ["photos, over time\n  done   rises from 0"]
    assert len(page.shown) > 2


def test_two_readings_at_the_end_are_not_next_to_each_other(page):
    with plot(lambda: {"done": 1}, "photos", every_s=0.01) as seen:
        assert page.enough.wait(10)
    moments = [second for second, _ in seen.readings]
    assert moments[-1] - moments[-2] >= 0.005


def test_what_gives_no_answer_is_left_out(page):
    answers = iter([{"a": 1}, KubefaceError("away"), {"a": 2}])

    def ask():
        told = next(answers, {"a": 2})
        if isinstance(told, Exception):
            raise told
        return told

    with plot(ask, "x", every_s=0.01) as seen:
        assert page.enough.wait(10)
    assert "rises" in repr(seen)


def test_what_never_gives_an_answer_is_told(page):
    def ask():
        raise KubefaceError("nobody is there")

    with pytest.raises(KubefaceError, match="nobody is there"), plot(ask, "x"):
        pass


@pytest.mark.parametrize("good", [0, 2])
def test_a_mistake_in_the_function_is_told(page, good):
    answers = iter([{"a": 1}] * good)
    failed = Event()

    def ask():
        if (told := next(answers, None)) is None:
            failed.set()
            raise ZeroDivisionError
        return told

    with pytest.raises(ZeroDivisionError), plot(ask, "x", every_s=0.01):
        assert failed.wait(10)


def test_what_is_no_number_is_told(page):
    with pytest.raises(TypeError), plot(lambda: {"a": ...}, "x"):
        pass


def test_a_mistake_in_the_block_goes_on_after_its_picture(page):
    with pytest.raises(LookupError), plot(lambda: {"a": 1}, "x"):
        raise LookupError
    assert len(page.left) == 1


def test_it_goes_on_over_several_cells(page):
    state = {"a": 1}
    going = plot(lambda: state, "x").begin()
    state = {"a": 2}
    assert repr(going.end()) == repr(going.end()) == "x, over time\n  a   rises"
    assert (page.shown, page.left) == ([], [])


def test_very_many_readings_are_thinned_out(page, monkeypatch):
    monkeypatch.setattr(measuring, "MOST", 8)
    many = Event()
    asked = iter(range(1000))

    def ask():
        if (count := next(asked)) == 20:
            many.set()
        return {"a": count}

    with plot(ask, "x", every_s=0.001) as seen:
        assert many.wait(10)
    assert len(seen.readings) <= 9
    assert seen.readings[0][1] == {"a": 0}


def test_where_nobody_looks_on_only_the_last_frame_is_shown(capsys, monkeypatch):
    monkeypatch.setattr(notebook, "ipython", lambda: None)
    with plot(lambda: {"a": 1}, "x", every_s=0.01) as seen:
        pass
    assert isinstance(seen, Plot)
    assert capsys.readouterr().out == "x, over time\n  a   ends as it began\n"
