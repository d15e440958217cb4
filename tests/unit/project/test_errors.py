"""How a failure shows itself in a notebook."""

from IPython.core.interactiveshell import InteractiveShell

CELL = """
from kubeface.errors import NotReady
def wait():
    raise NotReady("receiver was not Ready after 60 s", seen="0 of 1 Pods ready", try_next="kubectl get pods")
wait()
"""


def test_a_notebook_shows_the_sentences_and_no_traceback(capsys):
    shell = InteractiveShell()
    assert shell.run_cell(CELL).error_in_exec
    assert capsys.readouterr().out.splitlines() == [
        "NotReady: receiver was not Ready after 60 s",
        "0 of 1 Pods ready",
        "Try: kubectl get pods",
    ]
