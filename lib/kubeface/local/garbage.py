"""What earlier versions left in the cache, which all clusters share: found and deleted."""

import contextlib

from kubeface import images, places
from kubeface.local import lock, state, toolchain
from kubeface.local.steps import Say
from kubeface.local.toolchain import Toolchain
from kubeface.places import COURSE


def collect_garbage(*, say: Say) -> dict[str, int]:
    """Delete what no program of this version uses; the bytes given back, by what they were.

    Waits for every command that changes a cluster.
    """
    with contextlib.ExitStack() as stack:
        for name in sorted({*lock.names(), *state.cluster_names(), COURSE}):
            stack.enter_context(lock.cluster_lock(name, "gc"))
        cache = places.cache()
        programs = toolchain.collect(cache)
        built, pushed = images.collect(
            cache=cache,
            source=places.SOURCE,
            registry_program=Toolchain(cache).program("registry", "registry"),
            registries=[spec.registry_data for name in state.cluster_names() if (spec := state.saved(name))],
            say=say,
        )
    return {"programs": programs, "layers of images": built, "images in the registry": pushed}
