"""Bringing the archive up to date with the account: the list, then details, within the request budget."""
