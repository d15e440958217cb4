"""A learner's way through a lesson, in a browser: what is not written or guessed yet stops it."""

from pathlib import Path

from chromium import chromium
from lab import CELL_MS, address, choose, ends, on_a_terminal, run
from playwright.sync_api import Page, expect
from screenshot import scroll_to

from kubeface.drills.pool import draw

FIRST_GAP, GRADE = "Your turn: draw the nodes", "pods_guess.grade"
DRAW = """pods = cluster.list("pods", labels="app.kubernetes.io/name!=redeemer")
nodes(cluster.list("nodes"), pods)"""
NAME = '"nb00.three-receivers"'
CHECK = f"check({NAME})"
TOO_FEW = f"# two\n%kubectl scale deployment receiver --replicas 2\n{CHECK}"
ANOTHER_WAY = f"""# three
cluster.patch("deployment/receiver", {{"spec": {{"replicas": 3}}}})
wait(cluster, "deployment/receiver", for_="Ready", timeout_s=110)
{CHECK}"""
DRILL = "# a drill\nfrom kubeface import drill\ndrill(level=1, seed=6)"
REPAIR = """# mended
%kubectl scale deployment image-processor --replicas 2
wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=110)
drill()"""


def test_what_is_not_written_or_guessed_stops_and_any_right_way_counts(
    checkout: Path, person: dict[str, str], tmp_path: Path
) -> None:
    with (
        on_a_terminal("exec make lab", checkout, person) as command,
        chromium(width=1360, height=900) as window,
    ):
        page = window.new_page()
        url = address(command)
        page.goto(url)
        expect(page.get_by_text("| Idle").first).to_be_visible(timeout=CELL_MS)

        choose(page, "Run", "Run All Cells")
        expect(page.get_by_text("A part of this cell is yours to write.")).to_be_visible(timeout=CELL_MS)
        scroll_to(page, FIRST_GAP)
        page.screenshot(path=tmp_path / "1-gap.png")

        expect(run(page, FIRST_GAP, DRAW)).to_contain_text("node3")
        expect(run(page, GRADE)).to_contain_text("Your prediction comes before the answer.")
        page.screenshot(path=tmp_path / "2-prediction.png")

        _guess(page, "pods_guess = predict")
        graded = run(page, GRADE)
        expect(graded).to_contain_text("✗")
        page.screenshot(path=tmp_path / "3-graded.png")

        expect(run(page, CHECK, f"# too soon\nsolution({NAME})")).to_contain_text("try it first")
        expect(run(page, "# too soon", CHECK)).to_contain_text("○")
        expect(run(page, CHECK, f"# stuck\nhint({NAME})")).to_contain_text("hint 1 of")
        expect(run(page, "# stuck", TOO_FEW)).to_contain_text("not yet")
        expect(run(page, "# two", ANOTHER_WAY)).to_contain_text("✓")
        page.screenshot(path=tmp_path / "4-checked.png")
        expect(run(page, "# three", f"# now\nsolution({NAME})")).to_contain_text("One way to solve")
        page.screenshot(path=tmp_path / "5-solution.png")

        choose(page, "Settings", "Theme", "JupyterLab Dark")
        expect(page.locator("body[data-jp-theme-light=false]")).to_have_count(1)
        page.screenshot(path=tmp_path / "6-dark.png")
        broken = run(page, "# now", DRILL)
        expect(broken).to_contain_text("broken")
        expect(broken).not_to_contain_text("image-processor")
        page.screenshot(path=tmp_path / "7-drill.png")
        expect(run(page, "# a drill", REPAIR)).to_contain_text("The image-processor was scaled to 0.")
        page.screenshot(path=tmp_path / "8-repaired.png")
        ends(command, url)


def test_the_drill_of_the_walk_is_the_one_that_its_repair_mends() -> None:
    assert [one.name for one in draw(1, seed=6, level=1)] == ["replicas-zero"]


def _guess(page: Page, cell: str) -> None:
    """Commit the first number that is offered, by the form."""
    asks = page.locator(".jp-CodeCell", has_text=cell).first
    asks.scroll_into_view_if_needed()
    asks.locator("select").select_option(index=1)
    asks.get_by_role("button", name="Commit").click()
    expect(asks).to_contain_text("committed")
