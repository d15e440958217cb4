"""What runs in another thread has ended when an interrupt goes on, also one that came as the thread began."""

import threading

import pytest

from kubeface.util.threads import in_a_thread

LONG_S = 10


def test_its_answer_and_its_error_are_the_callers() -> None:
    assert in_a_thread(divmod)(7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        in_a_thread(divmod)(7, 0)


@pytest.mark.parametrize("begins_first", [True, False])
def test_an_interrupt_while_the_thread_starts_leaves_no_work_behind(
    begins_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start
    has_begun, may_begin, may_end = threading.Event(), threading.Event(), threading.Event()
    started: list[threading.Thread] = []
    said: list[str] = []

    def start_and_be_interrupted(thread: threading.Thread) -> None:
        monkeypatch.setattr(threading.Thread, "start", start)
        run = thread.run
        monkeypatch.setattr(thread, "run", lambda: (may_begin.wait(LONG_S), run()))
        started.append(thread)
        start(thread)
        if begins_first:
            may_begin.set()
            assert has_begun.wait(LONG_S)
            threading.Timer(0.2, may_end.set).start()
        raise KeyboardInterrupt

    def work() -> None:
        has_begun.set()
        may_end.wait(LONG_S)
        said.append("worked")

    monkeypatch.setattr(threading.Thread, "start", start_and_be_interrupted)
    with pytest.raises(KeyboardInterrupt):
        in_a_thread(work)()
    assert said == (["worked"] if begins_first else [])
    may_begin.set()
    may_end.set()
    started[0].join(LONG_S)
    assert said == (["worked"] if begins_first else [])
