"""A wait that lasts shows what it waits for, and its last frame stays; a short one shows nothing."""

import threading

import pytest

from kubeface import notebook
from kubeface.errors import NotReady
from kubeface.kube import wait
from kubeface.lesson.lesson import _show_waits
from kubeface.util import audience
from kubeface.util.waiting import wait_until
from kubeface.views import patience
from kubeface.views.patience import Patience, Shown, shown

pytestmark = pytest.mark.usefixtures("no_thread_is_left")


class Frames:
    """A page that keeps what it is shown."""

    def __init__(self):
        self.shown, self.left = [], []
        self.seen = threading.Event()

    def show(self, view, note):
        self.shown.append((repr(view), note))
        self.seen.set()

    def leave(self, view):
        self.left.append(repr(view))


@pytest.fixture
def page(monkeypatch):
    frames = Frames()
    monkeypatch.setattr(patience, "open_page", lambda: frames)
    monkeypatch.setattr(patience, "PATIENCE_S", 0.01)
    return frames


@pytest.fixture
def heard(page):
    audience.show_waits_to(shown)
    yield page
    audience.show_waits_to(None)


def shows(page, frame):
    wait_until(lambda: frame in [text for text, _ in page.shown], what=f"{frame} is not shown", timeout_s=10)


def test_it_is_shown_as_it_changes_and_its_last_frame_stays(page):
    with shown("pod/web to be Ready", 60) as tell:
        tell("it is Pending")
        shows(page, "▸ waiting for pod/web to be Ready: it is Pending")
        tell("it is Running")
        shows(page, "▸ waiting for pod/web to be Ready: it is Running")
    assert page.shown[0][1] == "for 60 s at most; interrupt the kernel to end it now"
    assert page.left == ["✓ waited 0 s for pod/web to be Ready"]


def test_a_short_one_shows_nothing(page, monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_S", 60)
    with shown("pod/web to be Ready", 60) as tell:
        tell("it is Running")
    assert (page.shown, page.left) == ([], [])


def test_one_that_fails_says_so_and_its_error_goes_on(page):
    def fail():
        assert page.seen.wait(10)
        raise LookupError

    with pytest.raises(LookupError), shown("pod/web to be Ready", 60):
        fail()
    assert page.left == ["✕ waited 0 s for pod/web to be Ready, in vain"]


def test_only_the_outermost_is_shown_and_the_next_one_is_again(page):
    with shown("one", 60), shown("two", 60) as tell:
        assert page.seen.wait(10)
        tell("never seen")
    page.seen.clear()
    with shown("three", 60):
        assert page.seen.wait(10)
    assert page.left == ["✓ waited 0 s for one", "✓ waited 0 s for three"]
    assert "never seen" not in str(page.shown)


def test_one_of_another_thread_is_not_shown(page):
    found = []
    thread = threading.Thread(target=lambda: found.append(shown("one", 60)))
    thread.start()
    thread.join()
    assert not isinstance(found[0], Shown)


def test_a_name_cannot_break_out_of_the_page():
    assert "<b>" not in Patience("▸", "<b>", "<b>")._repr_html_()


def test_a_wait_for_an_object_tells_of_it(heard, cluster, space):
    with pytest.raises(NotReady):
        wait(cluster, "configmap/nobody", for_="exists", timeout_s=1, namespace=space)
    assert heard.shown[-1][0] == "▸ waiting for configmap/nobody to exist: there is no such object"
    assert heard.left == ["✕ waited 1 s for configmap/nobody to exist, in vain: there is no such object"]


def test_a_wait_for_anything_tells_of_it(heard):
    wait_until(heard.seen.is_set, what="nothing is shown", timeout_s=10)
    assert heard.left == ["✓ waited 0 s for the end of “nothing is shown”"]


@pytest.mark.parametrize(("is_watched", "kind"), [(True, True), (False, False)])
def test_a_lesson_shows_them_where_somebody_looks_on(monkeypatch, is_watched, kind):
    monkeypatch.setattr(notebook, "is_watched", lambda: is_watched)
    _show_waits()
    with audience.telling("one", 60):
        assert patience._shown.locked() == kind
    audience.show_waits_to(None)
