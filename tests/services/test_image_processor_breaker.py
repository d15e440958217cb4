"""The circuit breaker's states, one by one; a question's end is whatever the test says."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from image_processor.breaker import FAILURES, Breaker
from image_processor.core import Answer, Away, Box, Refused, Unanswered
from image_processor.pinger import Pinger

OBAMA = Answer("obama.jpg", 0.3, Box(1, 2, 3, 4))
OPEN_S = 0.03


class Service:
    """What face-recognition does when it is asked; a test changes it."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.asked = 0
        self.pinged = 0

    def identify(self, image_id: int, path: str) -> Answer:
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return OBAMA

    def check(self) -> None:
        self.pinged += 1
        if self.trouble:
            raise Away(str(self.trouble))


class Watched(Breaker):
    """A breaker that remembers its states."""

    def __init__(self, service: Service) -> None:
        self.states: list[str] = []
        super().__init__(service.identify, service.check, self.states.append)

    def ask(self, times: int = 1) -> None:
        """Photos whose turn ends without an answer."""
        for _ in range(times):
            with pytest.raises(Away):
                self.identify(7, "a.jpg")


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def breaker(service: Service) -> Watched:
    return Watched(service)


@pytest.fixture
def opened(service: Service, breaker: Watched) -> Watched:
    service.trouble = Unanswered("gone")
    breaker.ask(FAILURES)
    breaker.states.clear()
    return breaker


def test_closed_it_passes_answers_on(breaker: Watched) -> None:
    assert breaker.identify(7, "a.jpg") == OBAMA
    assert (breaker.state, breaker.states) == ("closed", [])


def test_the_fifth_failure_in_a_row_opens_it(service: Service, breaker: Watched) -> None:
    service.trouble = Unanswered("gone")
    breaker.ask(4)
    assert (breaker.state, breaker.failures) == ("closed", 4)
    breaker.ask()
    assert (breaker.state, breaker.states, breaker.reason) == ("open", ["open"], "gone")
    assert breaker.opened_at is not None


def test_open_it_asks_no_photo(service: Service, opened: Watched) -> None:
    with pytest.raises(Away, match="the circuit breaker is open: gone") as not_asked:
        opened.identify(8, "b.jpg")
    assert service.asked == FAILURES
    assert not isinstance(not_asked.value, Unanswered)  # so it is not counted as the photo's attempt


def test_an_answer_starts_the_count_anew(service: Service, breaker: Watched) -> None:
    for _ in range(2):
        service.trouble = Unanswered("gone")
        breaker.ask(4)
        service.trouble = None
        breaker.identify(7, "a.jpg")
    assert (breaker.state, breaker.failures) == ("closed", 0)


def test_a_refusal_is_an_answer(service: Service, breaker: Watched) -> None:
    for trouble in [
        *[Unanswered("gone")] * 4,
        *[Refused("no face was found")] * 9,
        *[Unanswered("gone")] * 4,
    ]:
        service.trouble = trouble
        with pytest.raises(type(trouble)):
            breaker.identify(7, "a.jpg")
    assert (breaker.state, breaker.failures) == ("closed", 4)


def test_a_fault_of_ours_says_nothing_about_the_service(service: Service, breaker: Watched) -> None:
    service.trouble = ValueError("a fault")
    for _ in range(9):
        with pytest.raises(ValueError, match="a fault"):
            breaker.identify(7, "a.jpg")
    assert (breaker.state, breaker.failures) == ("closed", 0)


def test_a_bad_ping_keeps_it_open(service: Service, opened: Watched) -> None:
    since = opened.opened_at
    for _ in range(3):
        opened.ping()
    assert opened.states == ["half-open", "open"] * 3
    assert (service.asked, service.pinged, opened.opened_at) == (FAILURES, 3, since)


def test_a_ping_that_fails_in_any_other_way_keeps_it_open(
    opened: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "_check", lambda: 1 / 0)
    opened.ping()
    assert opened.states == ["half-open", "open"]


def test_a_good_ping_closes_it_and_photos_are_asked_again(service: Service, opened: Watched) -> None:
    service.trouble = None
    opened.ping()
    assert opened.states == ["half-open", "closed"]
    assert (opened.failures, opened.opened_at) == (0, None)
    assert opened.identify(7, "a.jpg") == OBAMA


def test_after_closing_it_takes_five_failures_again(service: Service, opened: Watched) -> None:
    service.trouble = None
    opened.ping()
    service.trouble = Unanswered("gone again")
    opened.ask(4)
    assert opened.is_closed
    opened.ask()
    assert opened.state == "open"


def test_a_ping_of_a_closed_breaker_asks_nobody(service: Service, breaker: Watched) -> None:
    breaker.ping()
    assert (service.pinged, breaker.states) == (0, [])


def test_half_open_no_photo_is_asked(
    service: Service, opened: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def check() -> None:
        seen.append(opened.state)
        opened.ask()

    monkeypatch.setattr(opened, "_check", check)
    opened.ping()
    assert (seen, service.asked, opened.state) == (["half-open"], FAILURES, "closed")


def test_questions_run_side_by_side() -> None:
    together = threading.Barrier(4, timeout=30)

    def identify(image_id: int, path: str) -> Answer:
        together.wait()  # breaks, and so fails, unless four questions are open at once
        return OBAMA

    breaker = Breaker(identify, lambda: None, lambda state: None)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: breaker.identify(one, "a.jpg"), range(4))) == [OBAMA] * 4


def test_an_answer_that_comes_late_does_not_close_it(service: Service, breaker: Watched) -> None:
    assert late(service, breaker, None) == OBAMA
    assert (breaker.state, breaker.states) == ("open", ["open"])


def test_a_failure_that_comes_late_counts_neither_here_nor_for_the_photo(
    service: Service, breaker: Watched
) -> None:
    failure = late(service, breaker, Unanswered("gone"))
    assert isinstance(failure, Away)
    assert not isinstance(failure, Unanswered)
    assert breaker.failures == FAILURES


def late(service: Service, breaker: Watched, trouble: Exception | None) -> object:
    """How a question ends that was asked before the breaker opened and is answered after it."""
    asked, answer = threading.Event(), threading.Event()

    def slow(image_id: int, path: str) -> Answer:
        asked.set()
        assert answer.wait(30)
        if trouble:
            raise trouble
        return OBAMA

    quick, breaker._identify = breaker._identify, slow
    with ThreadPoolExecutor(1) as threads:
        question = threads.submit(breaker.identify, 1, "slow.jpg")
        assert asked.wait(30)
        breaker._identify = quick
        service.trouble = Unanswered("gone")
        breaker.ask(FAILURES)
        answer.set()
        return question.exception(30) or question.result(30)


class Rest:
    """A queue that notes when it rests."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.resumed = asyncio.Event()

    def pause(self) -> None:
        self.said.append("pause")

    async def resume(self) -> None:
        self.said.append("resume")
        self.resumed.set()


def test_the_pinger_rests_the_queue_until_a_ping_is_good(service: Service) -> None:
    asyncio.run(_an_outage(service))


async def _an_outage(service: Service) -> None:
    loop, rest, states = asyncio.get_running_loop(), Rest(), list[str]()
    third_ping = asyncio.Event()

    def changed(state: str) -> None:
        states.append(state)
        loop.call_soon_threadsafe(pinger.wake, state)
        if states.count("half-open") == 3:
            loop.call_soon_threadsafe(third_ping.set)

    breaker = Breaker(service.identify, service.check, changed)
    pinger = Pinger(breaker, rest, OPEN_S)
    running = asyncio.create_task(pinger.run())
    service.trouble = Unanswered("gone")
    for _ in range(FAILURES):
        with pytest.raises(Away):
            await asyncio.to_thread(breaker.identify, 7, "a.jpg")
    async with asyncio.timeout(60):
        await third_ping.wait()
        assert rest.said == ["pause"]
        service.trouble = None
        await rest.resumed.wait()
    running.cancel()
    assert states[:3] == ["open", "half-open", "open"]
    assert (states[-2:], rest.said) == (["half-open", "closed"], ["pause", "resume"])
    assert pinger.next_ping_at is None
