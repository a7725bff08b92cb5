"""The keys of the openers' tests."""

from tests.opener.conftest import vault

__all__ = ["vault"]
