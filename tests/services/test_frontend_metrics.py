"""What Prometheus reads from the frontend."""

from pathlib import Path

from frontend_served import add, frontend, listening
from prometheus_client.parser import text_string_to_metric_families
from real_servers import Mariadb


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values → value."""
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_answers_are_counted_and_timed_by_route(database: Mariadb, tmp_path: Path) -> None:
    with frontend(database, tmp_path) as client:
        for path in ("/", "/?limit=3", "/photos/none.jpg", "/photos/other.jpg", "/api/images?limit=x", "/no"):
            client.get(path)
        told = figures(client.get("/metrics").text)
    assert told["frontend_requests_total", "/", "200"] == 2
    assert told["frontend_requests_total", "/photos/{path:path}", "404"] == 2
    assert told["frontend_requests_total", "/api/images", "422"] == 1
    assert told["frontend_requests_total", "none", "404"] == 1
    assert told["frontend_request_seconds_count", "/"] == 2


def test_photos_and_streams_are_told_as_they_are_now(database: Mariadb, tmp_path: Path) -> None:
    for number, status in enumerate([0, 1, 1, 2]):
        add(database, path=f"{number}.jpg", status=status)
    with frontend(database, tmp_path) as client, listening(client) as events:
        next(events)
        told = figures(client.get("/metrics").text)
    counts = [told["frontend_photos", status] for status in ("PENDING", "PROCESSED", "FAILED", "PROCESSING")]
    assert counts == [1, 2, 1, 0]
    assert (told["frontend_streams_open",], told["frontend_database_up",]) == (1, 1)


def test_without_the_database_the_other_figures_are_told(database: Mariadb, tmp_path: Path) -> None:
    with frontend(database, tmp_path) as client:
        database.stop()
        try:
            told = figures(client.get("/metrics").text)
        finally:
            database.start()
    assert told["frontend_database_up",] == 0
    assert not [name for name, *_ in told if name == "frontend_photos"]
