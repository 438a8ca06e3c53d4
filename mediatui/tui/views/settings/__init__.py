"""The settings, and the welcome of a new user."""
