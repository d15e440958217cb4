"""The programs of a cluster, from pinned Go modules: one folder per component, with go.mod and go.sum."""

from kubeface.local.toolchain.components import COMPONENTS, OPTIONAL, Toolchain, Way, build, collect

__all__ = ["COMPONENTS", "OPTIONAL", "Toolchain", "Way", "build", "collect"]
