"""Whether the file behind a link plays."""
