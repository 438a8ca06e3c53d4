"""The outside world over httpx: thin clients, the request budget, retry and redaction."""
