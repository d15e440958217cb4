"""The circuit breaker around face-recognition's `identify`.

closed     photos are asked; FAILURES questions in a row without an answer open it
open       no photo is asked; after a while somebody calls `ping`
half-open  for the time of that ping: a good one closes the breaker, a bad one opens it for another while
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from pybreaker import STATE_CLOSED, STATE_OPEN, CircuitBreaker

from image_processor.core import Answer, Away, Identify, Refused, Unanswered

log = logging.getLogger(__name__)

FAILURES = 5  # specified: the pipeline's contract

Changed = Callable[[str], None]  # gets the new state: "closed", "open" or "half-open"


class Breaker:
    """Safe for many threads, whose questions run side by side.

    pybreaker counts and decides, but it keeps its lock during a call: a second photo would wait for the
    first one's answer. So a question is asked outside of it, and how it ended is told to it afterwards.
    Its listeners hear of a new state before others can see it; so we compare the state ourselves.

    Args:
        identify: The question; ends as an Answer, as Refused (an answer too) or as Unanswered.
        check: Returns when face-recognition is well, raises Away when it is not.
        changed: Called with each new state, in the thread that brought it about.
    """

    def __init__(self, identify: Identify, check: Callable[[], None], changed: Changed) -> None:
        self._identify = identify
        self._check = check
        self._changed = changed
        self._circuit = CircuitBreaker(FAILURES, throw_new_error_on_trip=False)
        self._telling = threading.Lock()  # around all that changes what follows
        self._period = 0  # grows with each change of state
        self.state = STATE_CLOSED
        self.reason = ""  # the words of the last failure
        self.opened_at: datetime | None = None  # since when it has been open without a pause

    @property
    def is_closed(self) -> bool:
        """Photos may be asked."""
        return self.state == STATE_CLOSED

    @property
    def failures(self) -> int:
        """Questions and pings in a row without an answer."""
        return self._circuit.fail_counter

    def identify(self, image_id: int, path: str) -> Answer:
        """Who is in the photo, when the breaker is closed.

        Raises:
            Refused: as `identify`.
            Unanswered: asked without an answer, and counted.
            Away: not asked, or without an answer when the breaker had opened meanwhile; not counted.
        """
        period = self._period
        if not self.is_closed:
            raise Away(f"the circuit breaker is {self.state}: {self.reason}")
        try:
            answer = self._identify(image_id, path)
        except Refused:
            self._tell(period, None)
            raise
        except Unanswered as failure:
            if not self._tell(period, failure):
                raise Away(f"the circuit breaker opened meanwhile: {failure}") from failure
            raise
        self._tell(period, None)
        return answer

    def ping(self) -> None:
        """Asks how face-recognition is; the answer closes the breaker, or keeps it open."""
        with self._telling:
            if self.is_closed:
                return
            self._circuit.half_open()
            self._compare()
            period = self._period
        try:
            self._check()
        except Exception as failure:  # whatever it is, nobody said that face-recognition is well
            self._tell(period, failure)
        else:
            self._tell(period, None)

    def _tell(self, period: int, failure: Exception | None) -> bool:
        """pybreaker counts how a question ended; False when the state has changed since it was asked."""
        with self._telling:
            if self._period != period:
                return False
            if failure:
                self.reason = str(failure)
            try:
                self._circuit.call(_end, failure)
            except Exception as error:
                if error is not failure:
                    raise
            self._compare()
            return True

    def _compare(self) -> None:
        """Takes over a new state: one log line, and whoever wants to know is told."""
        state = self._circuit.current_state
        if state == self.state:
            return
        was, self.state = self.state, state
        self._period += 1
        if state == STATE_CLOSED:
            self.opened_at = None
        elif was == STATE_CLOSED:
            self.opened_at = datetime.now(UTC)
        level = logging.WARNING if state == STATE_OPEN else logging.INFO
        told = {"was": was, "failures": self.failures, "reason": self.reason}
        log.log(level, f"breaker {state}", extra=told)
        self._changed(state)


def _end(failure: Exception | None) -> None:
    if failure:
        raise failure
