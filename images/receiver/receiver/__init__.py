"""Takes the paths of photos over HTTP, writes them down, and tells the queue."""
