"""From an entry that is whole on the account to proven links in staging."""
