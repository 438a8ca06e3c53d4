"""The tables of the account: torrents, their files, checks, classes, details that are pending."""
