"""A simulated Real-Debrid account, for trying mediatui and for its tests."""
