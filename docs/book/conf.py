"""What Sphinx is told: which extensions, the theme, and what the library's docstrings mean by their marks."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ipython_pygments_lexers import IPython3Lexer
from pygments.token import Text, _TokenType
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[2] / "lib"))

project = author = html_title = "Kubeface"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"

nb_execution_mode = "off"
nb_merge_streams = True
nb_render_error_lexer = "text"  # the course shows an error as one message, without a traceback
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

toc_object_entries = False  # each public name has a heading of its own

default_role = "literal"  # the docstrings say `name`, as Markdown does
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
#: Types of the standard library and of packages: their pages are elsewhere, and the book is read offline.
nitpick_ignore_regex = [("py:.*", r"(?!kubeface\.).*"), ("py:class", r"kubeface\..*")]

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # one place to search is enough
}


class CellLexer(IPython3Lexer):
    """A notebook's cell: IPython; below a `%%` line stands what that command reads, which is no Python."""

    name, aliases = "Kubeface's cells", ["kubeface"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """The pieces of a cell, each with its place and kind."""
        if not text.startswith("%%"):
            yield from super().get_tokens_unprocessed(text)
            return
        end = text.find("\n") + 1 or len(text)
        yield from super().get_tokens_unprocessed(text[:end])
        yield end, Text, text[end:]


def _is_old(app: Sphinx, what: str, name: str, thing: object, skip: bool, options: Any) -> bool | None:
    """Leave out what is only there under an old name."""
    return True if "The old name of" in (getattr(thing, "__doc__", "") or "") else None


def setup(app: Sphinx) -> None:
    """Sphinx calls this once."""
    app.add_lexer("kubeface", CellLexer)
    app.connect("autodoc-skip-member", _is_old)
