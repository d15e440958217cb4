"""Shows the photos with names, boxes and statuses: a page for people, JSON for programs."""
