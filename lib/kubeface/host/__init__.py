"""Programs under supervision, files, certificates, packages. Knows no Kubernetes."""
