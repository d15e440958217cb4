"""The cluster's programs, compiled from pinned Go modules. One folder a component: go.mod and go.sum."""

from kubeface.local.toolchain.components import COMPONENTS, OPTIONAL, Toolchain, Way, build, collect

__all__ = ["COMPONENTS", "OPTIONAL", "Toolchain", "Way", "build", "collect"]
