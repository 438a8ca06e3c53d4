"""TMDB (API v3): films and series by words and by ids, with their texts in several languages."""
