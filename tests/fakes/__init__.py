"""Services that behave as the real ones were seen to behave; ``tests/contract`` holds them to it."""
