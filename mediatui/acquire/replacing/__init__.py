"""Replacing dead links without a gap: what a link is of, and where another file for it may come from."""
