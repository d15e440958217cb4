"""The local cluster: a real Kubernetes as plain processes on this machine; `LocalCluster` in cluster.py."""
