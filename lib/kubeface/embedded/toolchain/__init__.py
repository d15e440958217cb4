"""The cluster's programs, compiled from pinned Go modules. One folder a component: go.mod and go.sum."""

from kubeface.embedded.toolchain.components import COMPONENTS, Toolchain, build

__all__ = ["COMPONENTS", "Toolchain", "build"]
