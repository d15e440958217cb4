"""Build the book, a static site: `python docs/book build/book`, which is what `make book` does.

The sources are assembled beside it from the notebooks, manifests, docstrings and imports of this checkout; no
notebook is executed. Every warning of Sphinx is an error: a link that leads nowhere ends the build.
"""

import re
import shutil
import sys
from pathlib import Path

import sources
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).parent
BUTTON = re.compile(r'(<a class="[^"]*reference internal" href="[^"]*">)([^<]+)(</a><details[^>]*>)<summary>')


def build(site: Path) -> int:
    """Write the site into this folder.

    Returns:
        0, or Sphinx's exit code when something is wrong; it has said what.
    """
    assembled, kept = (site.with_name(f"{site.name}-{part}") for part in ("sources", "doctrees"))
    shutil.rmtree(site, ignore_errors=True)
    sources.assemble(HERE.parents[1], assembled)
    quiet, strict = ["--quiet", "--fresh-env", "--write-all"], ["--fail-on-warning", "--nitpicky"]
    folders = ["--conf-dir", str(HERE), "--doctree-dir", str(kept), str(assembled), str(site)]
    code = sphinx([*quiet, *strict, *folders])
    for template in site.glob("_static/*macros.html"):  # the theme's own, and no pages
        template.unlink()
    for page in site.rglob("*.html"):
        page.write_text(_with_names(page.read_text()))
    return code


def _with_names(page: str) -> str:
    """The page, in whose list each button that unfolds a part says which; the theme gives it no name."""
    return BUTTON.sub(r'\1\2\3<summary aria-label="\2: its pages">', page)


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
