"""Doors to a cluster: the embedded one now; a door is what `base.Provider` says."""
