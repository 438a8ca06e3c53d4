"""Prowlarr: the indexers it knows, and what they find."""
