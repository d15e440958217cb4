"""Files, processes, waits, signals, the terminal: any room may use them. Knows nothing of Kubernetes."""
