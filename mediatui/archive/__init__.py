"""The account: sync, search, statistics, backup."""
