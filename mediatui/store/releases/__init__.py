"""Searches of releases and what they found, and what the archive knows of releases."""
