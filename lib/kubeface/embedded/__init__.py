"""A real Kubernetes as plain processes: the programs, the nodes, their network, the steps that make it."""
