"""Calls that come while one is at work are done together, in the next one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """A commit costs as much for many photos as for one: so many who wait for one share the next.

    Who comes alone is served at once; nobody waits for company. Make and use it in one asyncio loop.

    Args:
        work: The answers to some questions, in their order; an exception among them is raised to who asked
            that question, and one that is raised to all of them. Runs in a thread, once at a time.
        most: How many questions it gets at once.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Answer | Exception]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._turns: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many wait for the next turn."""
        return len(self._waiting)

    async def ask(self, question: Asked) -> Answer:
        """The answer of `work`, or its exception."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, answer))
        if self._turns is None:
            self._turns = loop.create_task(self._take_turns())
        return await answer

    async def _take_turns(self) -> None:
        """Until nobody waits."""
        while self._waiting:
            turn, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            questions = [question for question, _ in turn]
            try:
                answers = await run_in_threadpool(self._work, questions)
            except Exception as error:
                answers = [error] * len(turn)
            for (_, waiting), answer in zip(turn, answers, strict=True):
                _tell(waiting, answer)
        self._turns = None


def _tell(waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if waiting.done():  # who asked has gone
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
