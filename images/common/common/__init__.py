"""What the services of the pipeline share: logs, settings, database, metrics, serving, photos."""
