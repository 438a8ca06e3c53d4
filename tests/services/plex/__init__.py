"""Tests of the client of Plex."""
