"""Posts that come while a transaction is under way share the next one, and nothing else."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from real_queue import Nsqd
from real_servers import Mariadb, until
from receiver.server import create_app
from receiver.store import ROWS, Accepted
from receiver.together import Together
from receiver_served import WAITING, make_photos, post_many, receiving, settings_for
from serving import serving

POSTS = 40


class Work:
    """Doubles numbers; the first turn takes until `go`. What each turn got is in `turns`."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.go = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        """Twice each number; a negative one is refused, and 0 breaks the whole turn."""
        self.turns.append(list(numbers))
        if len(self.turns) == 1:
            assert self.go.wait(30)
        if 0 in numbers:
            raise ZeroDivisionError
        return [ValueError(f"{number}") if number < 0 else number * 2 for number in numbers]


def answers(work: Work, *numbers: int, most: int = 100) -> list[int | BaseException]:
    """What each of them is told, when all are asked for at once, while 7 is at work."""

    async def ask() -> list[int | BaseException]:
        together = Together(work, most)
        first = asyncio.create_task(together.ask(7))
        while not work.turns:
            await asyncio.sleep(0)
        others = [asyncio.create_task(together.ask(number)) for number in numbers]
        await asyncio.sleep(0)
        work.go.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    return asyncio.run(ask())


def test_who_comes_while_one_is_at_work_shares_the_next_turn() -> None:
    work = Work()
    assert answers(work, 1, 2, 3) == [14, 2, 4, 6]
    assert work.turns == [[7], [1, 2, 3]]


def test_a_turn_has_a_bound() -> None:
    work = Work()
    assert answers(work, 1, 2, 3, most=2) == [14, 2, 4, 6]
    assert work.turns == [[7], [1, 2], [3]]


def test_what_is_wrong_with_one_is_told_to_that_one() -> None:
    first, one, wrong, two = answers(Work(), 1, -5, 2)
    assert (first, one, two) == (14, 2, 4)
    assert repr(wrong) == "ValueError('-5')"


def test_a_turn_that_breaks_is_told_to_all_of_it_and_the_next_one_goes_on() -> None:
    told = answers(Work(), 1, 0, 3, most=2)
    assert [type(one) for one in told] == [int, ZeroDivisionError, ZeroDivisionError, int]


def test_who_has_gone_is_no_matter_of_the_others() -> None:
    async def ask() -> int:
        together = Together(work, 100)
        first = asyncio.create_task(together.ask(7))
        while not work.turns:
            await asyncio.sleep(0)
        gone, stays = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
        await asyncio.sleep(0)
        gone.cancel()
        work.go.set()
        await first
        return await stays

    work = Work()
    assert asyncio.run(ask()) == 4


def test_many_posts_at_once_are_few_transactions(database: Mariadb, queue: Nsqd, tmp_path: Path) -> None:
    paths = make_photos(tmp_path, POSTS)
    app = create_app(settings_for(database, queue, tmp_path))
    receiver, turns = app.state.receiver, []
    accept = receiver.store.accept

    def accept_when_all_have_come(some: Sequence[str]) -> list[Accepted]:
        turns.append(len(some))
        until(lambda: sum(turns) + len(receiver.together) == POSTS, "all have come", timeout_s=60)
        return list(accept(some))

    receiver.store.accept = accept_when_all_have_come
    with serving(app) as client, ThreadPoolExecutor(POSTS) as pool:
        told = list(pool.map(lambda path: client.post("/image/post", json={"path": path}).json(), paths))
        until(lambda: not database.rows(WAITING), "everything is published", timeout_s=60)
    assert [one["path"] for one in told] == paths
    written = {row["path"]: row["id"] for row in database.rows("SELECT id, path FROM images")}
    assert {one["path"]: one["id"] for one in told} == written
    assert len(turns) == 2


def test_ids_belong_to_their_paths_however_many_come_in_one_post(
    database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    paths = make_photos(tmp_path, 2 * ROWS + 50)
    with receiving(database, queue, tmp_path) as client, ThreadPoolExecutor(3) as pool:
        bulks = paths[:ROWS], paths[: 2 * ROWS], paths[::-1]
        told = list(pool.map(lambda some: post_many(client, some), bulks))
    written = {row["path"]: row["id"] for row in database.rows("SELECT id, path FROM images")}
    assert len(written) == len(paths)
    for bulk, results in zip(bulks, told, strict=True):
        assert [one["id"] for one in results] == [written[path] for path in bulk]


def test_a_row_that_the_database_refuses_spoils_no_other_one(
    database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    paths = make_photos(tmp_path, POSTS)
    database.rows(f"""CREATE TRIGGER no_third BEFORE INSERT ON images FOR EACH ROW
        IF NEW.path = '{paths[2]}' THEN SIGNAL SQLSTATE '45000'; END IF""")
    try:
        with receiving(database, queue, tmp_path) as client, ThreadPoolExecutor(POSTS) as pool:
            told = list(pool.map(lambda path: client.post("/image/post", json={"path": path}), paths))
    finally:
        database.rows("DROP TRIGGER no_third")
    assert [answer.status_code for answer in told] == [200, 200, 503, *[200] * (POSTS - 3)]
    assert len(database.rows("SELECT id FROM images")) == POSTS - 1
