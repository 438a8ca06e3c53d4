"""Searching releases: what indexers are asked, what becomes of their rows, and what is known of each release here."""
