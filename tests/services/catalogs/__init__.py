"""Tests of the catalogs of films and series."""
