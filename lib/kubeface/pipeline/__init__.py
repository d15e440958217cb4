"""A client of the face pipeline: deploy it, give it photos, post them, read the results."""

from kubeface.pipeline.client import Pipeline
from kubeface.pipeline.results import Box, Result, Results

__all__ = ["Box", "Pipeline", "Result", "Results"]
