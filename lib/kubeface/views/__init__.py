"""Draw what a cluster holds: objects in, text and HTML out. No cluster, no notebook needed.

Every view has a text form that stays the same when only ages, addresses and hashes differ, and an HTML
form for light and dark themes, in which shape and words carry the state and colour only repeats it.

One file a view, and in it a function of the same name: `from kubeface.views.nodes import nodes`.
"""
