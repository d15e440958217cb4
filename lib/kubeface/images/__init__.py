"""Container images: build images/ without Docker, and push them to where the cluster's nodes pull."""

from kubeface.images.archive import save_all
from kubeface.images.build import NOTHING, Built, build_all
from kubeface.images.catalog import Image, load
from kubeface.images.garbage import collect
from kubeface.images.push import digests, push_all
from kubeface.images.remote import Images, RemoteImage

__all__ = [
    "NOTHING",
    "Built",
    "Image",
    "Images",
    "RemoteImage",
    "build_all",
    "collect",
    "digests",
    "load",
    "push_all",
    "save_all",
]
