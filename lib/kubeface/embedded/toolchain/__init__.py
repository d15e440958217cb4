"""The cluster's programs, compiled from pinned Go modules. One folder a component: go.mod and go.sum."""

from kubeface.embedded.toolchain.components import COMPONENTS, OPTIONAL, Toolchain, build

__all__ = ["COMPONENTS", "OPTIONAL", "Toolchain", "build"]
