"""Draw what a cluster holds: objects in, text and HTML out. No cluster, no notebook needed.

Every view has a text form that stays the same when only ages, addresses and hashes differ, and an HTML
form for light and dark themes, in which shape and words carry the state and colour only repeats it. The
HTML has no script, no style sheet and no SVG element: JupyterLab takes them out of a notebook that it does
not trust, and code hosts do so always.

One file a view, and in it a function of the same name: `from kubeface.views.nodes import nodes`. Given a
cluster instead of objects, a view asks it, and keeps up with it if told `live=True`; only then `live` and
`watches` are imported, which know a cluster and a notebook.
"""
