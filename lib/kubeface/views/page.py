"""All views on one page, from canned data: `make gallery`, or `python -m kubeface.views.page PAGE.html`."""

import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path

from kubeface.views import canned
from kubeface.views.changes import changes
from kubeface.views.gallery import gallery
from kubeface.views.logs import logs
from kubeface.views.nodes import nodes
from kubeface.views.plot import plot
from kubeface.views.rollout import rollout
from kubeface.views.tables import table
from kubeface.views.timeline import timeline
from kubeface.views.topology import topology
from kubeface.views.view import View
from kubeface.views.yaml import show_yaml

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Views of kubeface</title>
<style>:root{{color-scheme:light dark}}body{{font:15px system-ui,sans-serif;margin:24px;max-width:1200px}}
td,th{{padding:2px 14px 2px 0}}</style>
</head><body><h1>Views of kubeface</h1>{body}</body></html>
"""


def views() -> dict[str, View]:
    """Every view, by the line that draws it."""
    image = "spec.template.spec.containers[0].image"
    return {
        "nodes(NODES, PODS)": nodes(canned.NODES, canned.PODS),
        "table(PODS)": table(canned.PODS),
        'table(DEPLOYMENTS, columns=["name", "spec.replicas"], sort="-spec.replicas")': table(
            canned.DEPLOYMENTS, columns=["name", "spec.replicas"], sort="-spec.replicas"
        ),
        "topology(PIPELINE)": topology(canned.PIPELINE),
        "rollout(UPDATING)": rollout(canned.UPDATING),
        "changes(SCALED)": changes(canned.SCALED),
        "changes(UPGRADED)": changes(canned.UPGRADED),
        "timeline(EVENTS, times=True)": timeline(canned.EVENTS, times=True),
        'plot(ANSWERS, "answers", a_second=True)': plot(canned.ANSWERS, "answers", a_second=True),
        'plot(SIZES, "Pods")': plot(canned.SIZES, "Pods"),
        "logs(LOGS, image_id=7)": logs(canned.LOGS, image_id=7),
        'show_yaml(DEPLOYMENT, {"spec.replicas": …}, clean=True)': show_yaml(
            canned.DEPLOYMENTS[1],
            {"spec.replicas": "how many Pods there should be", image: "what runs in each of them"},
            clean=True,
        ),
        "gallery(RESULTS, drawn_face)": gallery(canned.RESULTS, canned.drawn_face),
    }


def page_of(shown: Mapping[str, View]) -> str:
    """An HTML page of views, each under the line that draws it."""
    parts = [f"<h2><code>{escape(line)}</code></h2>{view._repr_html_()}" for line, view in shown.items()]
    return PAGE.format(body="\n".join(parts))


def main() -> None:
    """Write the page to the file that the command line names, and say where it is."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery.html")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_of(views()))
    print(f"All views, drawn from canned data: {path}")


if __name__ == "__main__":
    main()
