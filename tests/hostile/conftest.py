"""What the hostile tests share."""

from tests.opener.conftest import ask, vault

__all__ = ["ask", "vault"]
