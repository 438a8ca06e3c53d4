"""Tab 1: torrents, their details, files and duplicates."""
