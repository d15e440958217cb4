"""The old place of `wait_until`."""

from kubeface.old_names import moved

__getattr__ = moved(__name__, {"wait_until": "kubeface.wait_until"})
