"""Gives photos another turn that were lost on their way, or failed for a reason that passes."""
