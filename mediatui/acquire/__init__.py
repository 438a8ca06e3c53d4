"""Acquisition: from the choice of a release to its file in the library."""
