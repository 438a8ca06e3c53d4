"""The screen of transfers."""
