"""Live views in a real kernel: what a learner sees, and what is stored in a notebook."""

import nbformat
import pytest
from nbclient import NotebookClient

PATIENCE_S = 120
LEFT = "[one for one in threading.enumerate() if 'kubeface' in one.name]"
CONNECT = """
import threading
from kubeface import Cluster
from kubeface.views.tables import table
cluster = Cluster.connect({kubeconfig!r}, namespace={space!r})
def later(name):
    body = {{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": name}}}}
    threading.Timer(0.3, cluster.create, [body]).start()
def live(**end):
    return table(cluster, "configmaps", columns=["name"], live=True, timeout_s=60, **end)
"""


@pytest.fixture
def run(kubeconfig, space, tmp_path, monkeypatch):
    """Execute cells in one kernel; what each of them shows, and how many messages changed a picture."""

    def execute(*cells, static):
        monkeypatch.delenv("KUBEFACE_STATIC", raising=False)
        for name, value in static.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
        sources = [CONNECT.format(kubeconfig=str(kubeconfig), space=space), *cells]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources])
        client = Counting(book, timeout=PATIENCE_S, kernel_name="python3")
        client.execute()
        return [one.outputs for one in book.cells[1:]], client.updates

    return execute


class Counting(NotebookClient):
    updates = 0

    def process_message(self, msg, cell, cell_index):
        self.updates += msg["msg_type"] == "update_display_data"
        return super().process_message(msg, cell, cell_index)


def shown(outputs):
    return [(one.output_type, one.data["text/plain"]) for one in outputs]


def test_the_last_frame_stays_and_nothing_comes_after_it(run):
    cells = (
        "later('new'); view = live(until=len); view",
        LEFT,
        "view",
    )
    (live, threads, again), updates = run(*cells, static={"KUBEFACE_STATIC": "0"})
    assert shown(live) == [("display_data", "NAME\nnew")]
    assert updates >= 1
    assert "interrupt the kernel" not in live[0].data["text/html"]
    assert shown(threads) == [("execute_result", "[]")]
    assert shown(again) == [("execute_result", "NAME\nnew")]  # another cell may show it again


@pytest.mark.parametrize("static", [{"KUBEFACE_STATIC": "1"}, {}])  # pytest, and so nbval, is known too
def test_where_nobody_looks_on_it_is_drawn_once_as_it_is_at_the_end(run, static):
    (ended, endless), updates = run("later('new'); live(until=len)", "live()", static=static)
    assert shown(ended) == shown(endless) == [("display_data", "NAME\nnew")]
    assert updates == 0


MEASURE = """
from kubeface import plot
asked = []
enough = threading.Event()
def measure():
    asked.append(1)
    enough.set() if len(asked) > 4 else None
    return {"a": len(asked)}
with plot(measure, "x", every_s=0.1):
    enough.wait(60)
"""


def test_a_plot_grows_in_the_cell_that_measures_and_its_last_frame_stays(run):
    (plotted, threads), updates = run(MEASURE, LEFT, static={"KUBEFACE_STATIC": "0"})
    assert shown(plotted) == [("display_data", "x, over time\n  a   rises")]
    assert "live until" not in plotted[0].data["text/html"]
    assert shown(threads) == [("execute_result", "[]")]
    assert updates >= 3
