"""Takes photos from the queue, asks who is in them, and writes the answer down."""
