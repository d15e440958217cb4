"""What a node needs of Linux: cgroups, mounts, kernel settings, packages, certificates, supervision."""
