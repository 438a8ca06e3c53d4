"""Plex: its sections, a report of a folder, and what its users have seen. NOTES.md says what is known of it."""
