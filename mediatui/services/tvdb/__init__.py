"""TVDB (API v4): series and films by words and by ids, with their texts in several languages, and their episodes."""
