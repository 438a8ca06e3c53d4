"""Fetching files from a seedbox, proven by the pieces of their torrent while they come."""
