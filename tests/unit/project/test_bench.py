"""`make bench`: which benchmarks it finds, how it judges them, what it prints and what it keeps."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tracked import ROOT

sys.path.insert(0, str(ROOT))

from bench import results, topics
from bench.__main__ import main
from bench.benchmark import Benchmark, Figure
from bench.building import kept_bytes
from bench.embedded import api_server_s
from bench.images import unpacked_bytes

from kubeface.errors import CommandFailed, Missing


def figure(name: str, value: float = 1) -> Figure:
    return Figure(name, value, "ms", "<= 5", "by hand")


def broken() -> float:
    raise Missing("there is no [cluster]", try_next="kubeface up")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`python -m bench` with four benchmarks of the test's own; its results are in `tmp_path`."""
    measures = {
        "good": lambda: 4,
        "bad": lambda: 7.00049,
        "broken": broken,
        "no_number": lambda: float("nan"),
    }
    mine = [Benchmark(name, "ms", "<= 5", "by hand", measure) for name, measure in measures.items()]
    monkeypatch.setattr(topics, "find_all", lambda: mine)
    return lambda only="": main(only, path=tmp_path / "results.json")


def kept(tmp_path: Path) -> dict[str, float]:
    return {one.name: one.value for one in results.read(tmp_path / "results.json")}


@pytest.mark.parametrize(
    ("goal", "value", "is_met"),
    [(">= 15", 15, True), (">= 15", 14.99, False), ("<= 0.5", 0.5, True), ("<= 0.5", 0.51, False)],
)
def test_a_goal_is_met_from_its_bound_on(goal: str, value: float, is_met: bool) -> None:
    assert Figure("x", value, "ms", goal, "by hand").is_met is is_met


@pytest.mark.parametrize("goal", ["", "5", "< 5", ">=5", "<= five", "<= 5 ms", "≤ 5"])
def test_a_goal_that_cannot_be_judged_is_refused(goal: str) -> None:
    with pytest.raises(ValueError, match="goal of x"):
        Benchmark("x", "ms", goal, "by hand", lambda: 1)


def test_a_missed_goal_is_said_and_no_failure(
    bench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("good,bad") == 0
    said = capsys.readouterr().out
    assert [line.split()[:5] for line in said.splitlines()[1:3]] == [
        ["good", "4", "ms", "<=", "5"],
        ["bad", "7", "ms", "<=", "5"],
    ]
    assert "  met  " in said
    assert "  missed  " in said
    assert "Missed: bad" in said
    assert kept(tmp_path) == {"good": 4, "bad": 7}


def test_a_benchmark_that_fails_is_told_and_leaves_no_figure(
    bench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.replace("broken", figure("broken"), tmp_path / "results.json")
    assert bench() == 1
    said = capsys.readouterr().out
    assert "there is no [cluster]" in said
    assert "1 met, 1 missed, 2 failed" in said
    assert kept(tmp_path) == {"good": 4, "bad": 7}


def test_with_only_the_other_figures_stay(bench: Callable[..., int], tmp_path: Path) -> None:
    for name in ("bad", "gone"):
        results.replace(name, figure(name, 3), tmp_path / "results.json")
    assert bench("good") == 0
    assert kept(tmp_path) == {"good": 4, "bad": 3}  # nothing measures "gone" any more


def test_an_unknown_name_is_a_sentence_with_the_known_ones(
    bench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("good,worse") == 1
    assert capsys.readouterr().err == (
        "bench: There is no benchmark worse. There are bad, broken, good, no_number.\n"
    )
    assert kept(tmp_path) == {}


def test_the_file_is_a_list_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        results.replace(name, figure(name), tmp_path / "results.json")
    entries = json.loads((tmp_path / "results.json").read_text())
    assert [entry["name"] for entry in entries] == ["a", "b", "c"]
    assert entries[0] == {"name": "a", "value": 1, "unit": "ms", "goal": "<= 5", "how": "by hand"}


@pytest.mark.parametrize("text", ["not JSON", "{}", '[{"name": "x"}]', "[7]"])
def test_a_file_of_something_else_is_not_written_over(
    bench: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "results.json").write_text(text)
    assert bench("good") == 1
    said = capsys.readouterr()
    assert (said.out, "remove it" in said.err) == ("", True)
    assert (tmp_path / "results.json").read_text() == text


PROMISED = {
    "identify_vs_reencode_2": ">= 15",
    "identify_vs_reencode_20": ">= 100",
    "identify_vs_library": ">= 5",
    "match_100k_ms": "<= 5",
    "pipeline_efficiency": ">= 0.95",
    "receiver_vs_insert": ">= 0.95",
    "bulk_vs_insert": ">= 0.5",
    "memory_32_clients": "<= 1.3",
    "image_mb": "<= 400",
    "import_s": "<= 0.5",
    "first_view_s": "<= 0.3",
    "live_update_ms": "<= 200",
    "live_idle_percent": "<= 10",
    "up_vs_apiserver": "<= 2.5",
    "up_s": "<= 10",
    "pod_start_s": "<= 1.5",
    "reset_s": "<= 5",
    "idle_mb": "<= 1300",
    "cold_build_s": "<= 720",
    "cold_build_mb": "<= 1500",
}


def test_what_is_promised_is_measured() -> None:
    found = {one.name: one.goal for one in topics.find_all()}
    assert {name: found.get(name) for name in PROMISED} == PROMISED


def test_every_benchmark_says_how() -> None:
    assert all(one.how and one.unit for one in topics.find_all())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("✓ Starting the API server (3.4 s)\n✓ Waiting for the nodes (2.0 s)\n", 3.4), ("", None)],
)
def test_the_api_server_s_own_time_is_what_up_says(said: str, seconds: float | None) -> None:
    if seconds is None:
        with pytest.raises(CommandFailed, match="does not say"):
            api_server_s(said)
    else:
        assert api_server_s(said) == seconds


def test_what_is_kept_counts_every_file(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/file").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/proc/kcore")  # not followed
    assert 100_000 <= kept_bytes(tmp_path) <= 110_000


def test_nothing_is_imported_before_it_is_measured() -> None:
    code = "import sys; from bench import topics; topics.find_all(); print('\\n'.join(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    late = {"kubernetes", "grpc", "numpy", "dlib", "pymysql", "sqlalchemy", "PIL", "httpx"}
    assert late & set(said.stdout.split()) == set()


def test_an_image_is_as_large_as_all_its_layers(tmp_path: Path) -> None:
    layers = [{"id": "a", "diff-size": 70}, {"id": "b", "parent": "a", "diff-size": 5}, {"id": "c"}]
    images = [{"id": "1", "layer": "b", "names": ["x", "y"]}, {"id": "2", "layer": "c"}, {"id": "3"}]
    for kind, entries in (("layers", layers), ("images", images)):
        (tmp_path / f"overlay-{kind}").mkdir()
        (tmp_path / f"overlay-{kind}/{kind}.json").write_text(json.dumps(entries))
    assert unpacked_bytes(tmp_path) == {"x": 75, "y": 75}
