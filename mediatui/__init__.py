"""mediatui: one terminal for a Real-Debrid and symlink media library."""

__version__ = "0.1.0"
