"""Why an object is not as wanted: sentences with their evidence, one file a subject."""

from kubeface.kube.reasons.why import reasons

__all__ = ["reasons"]
