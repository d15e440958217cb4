"""The old place of `wait_until`."""
