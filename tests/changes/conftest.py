from tests.archive.conftest import account_of

__all__ = ["account_of"]
