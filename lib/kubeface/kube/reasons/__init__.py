"""Why an object does not get ready: sentences with evidence from the cluster."""

from kubeface.kube.reasons.why import reasons

__all__ = ["reasons"]
