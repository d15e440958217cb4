"""`python -m kubeface` is the command kubeface."""

from kubeface.cli import main

main()
