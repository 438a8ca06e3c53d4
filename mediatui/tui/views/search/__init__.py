"""The screen of searches for releases."""
