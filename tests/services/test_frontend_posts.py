"""The course's client posts many photos at once, to a real receiver of either version."""

from pathlib import Path

import pytest
from frontend_served import PipelineHere
from real_queue import Nsqd
from real_servers import Mariadb
from receiver_served import make_photos, receiving

from kubeface.errors import ApiError
from kubeface.pipeline import client


def test_many_photos_get_their_ids(
    database: Mariadb, queue: Nsqd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "BULK", 3)  # seven photos are three requests
    paths = make_photos(tmp_path, 7)
    with receiving(database, queue, tmp_path) as receiver:
        ids = PipelineHere(receiver=receiver.base_url.port or 0).post_many([*paths, paths[0]])
    assert ids == {str(row["path"]): row["id"] for row in database.rows("SELECT id, path FROM images")}
    assert list(ids) == paths


def test_photos_that_are_refused_are_named_and_the_others_taken(
    database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    (path,) = make_photos(tmp_path, 1)
    with receiving(database, queue, tmp_path) as receiver, pytest.raises(ApiError) as refusal:
        PipelineHere(receiver=receiver.base_url.port or 0).post_many(["../secret.jpg", path])
    assert refusal.value.what == "1 of 2 photos were refused"
    assert refusal.value.seen.startswith("../secret.jpg: ")
    assert [row["path"] for row in database.rows("SELECT path FROM images")] == [path]


def test_a_receiver_that_takes_one_at_a_time_is_named(database: Mariadb, queue: Nsqd, tmp_path: Path) -> None:
    paths = make_photos(tmp_path, 1)
    with (
        receiving(database, queue, tmp_path, version="v1.0") as receiver,
        pytest.raises(ApiError) as refusal,
    ):
        PipelineHere(receiver=receiver.base_url.port or 0).post_many(paths)
    assert refusal.value.what == "this receiver takes one photo at a time: many at once need its version v1.1"
