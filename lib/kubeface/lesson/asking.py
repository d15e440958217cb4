"""The old place of `PodClient` and `http_get`."""

from kubeface.old_names import moved

__getattr__ = moved(__name__, {"Inside": "kubeface.PodClient", "get": "kubeface.http_get"})
