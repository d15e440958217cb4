import pytest

from kubeface.pipeline import Box, Result, Results
from kubeface.pipeline.results import Awaited

TOLD = {
    "id": 3,
    "path": "unknown_people/b.jpg",
    "status": "PROCESSED",
    "person": "Ada",
    "reason": None,
    "distance": 0.31,
    "box": {"top": 1, "right": 2, "bottom": 3, "left": 4},
    "created_at": "2026-01-01T00:00:00Z",
}


def test_a_result_is_read_from_what_the_frontend_tells():
    read = Result.read(TOLD)
    assert (read.id, read.person, read.distance, read.name) == (3, "Ada", 0.31, "b.jpg")
    assert read.box == Box(top=1, right=2, bottom=3, left=4)
    assert read.is_final


def test_a_photo_without_a_face_has_no_box():
    assert Result.read({**TOLD, "status": "FAILED", "box": None, "reason": "no face"}).box is None


def test_results_are_sorted_and_found_by_file_or_path():
    results = Results([Result(2, "u/b.jpg", "PENDING"), Result(1, "u/a.jpg", "FAILED")])
    assert [one.id for one in results] == [1, 2]
    assert results["b.jpg"] is results["u/b.jpg"] is results[1]
    with pytest.raises(KeyError):
        results["c.jpg"]


def test_what_is_not_final_is_pending():
    statuses = ("PENDING", "PROCESSING", "PROCESSED", "FAILED")
    results = Results(Result(i, f"{i}.jpg", status) for i, status in enumerate(statuses))
    assert [one.status for one in results.pending] == ["PENDING", "PROCESSING"]


def test_photos_are_awaited_until_all_are_known_and_final():
    awaited = Awaited([1, 2])
    awaited.note([Result(1, "a.jpg", "FAILED"), Result(7, "other.jpg", "PENDING")])
    assert not awaited.are_done
    awaited.note([Result(2, "b.jpg", "PROCESSING")])
    assert not awaited.are_done
    awaited.note([Result(2, "b.jpg", "PROCESSED")])
    assert awaited.are_done
    assert [one.id for one in awaited.results] == [1, 2]
