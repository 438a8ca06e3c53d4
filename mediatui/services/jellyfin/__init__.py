"""Jellyfin: its libraries and items, reports of folders, and what its users have seen."""
