"""Drills: incidents of the pipeline that nobody announces, drawn from a table, and ended by a repair.

What broke is judged by its end state: the cause is gone, however, and a photo that is new comes through.
"""

from kubeface.drills.drilling import drill, status

__all__ = ["drill", "status"]
