"""Transfers as rows: the one function that changes them, and what reads them."""
