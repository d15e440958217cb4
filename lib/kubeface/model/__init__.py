"""Kubernetes objects: kinds, quantities, conditions, differences. Asks no API server; any room may use it."""
