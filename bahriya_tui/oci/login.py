"""Whether a registry takes the login: asked once, and told apart from a server that ignores logins."""

from dataclasses import dataclass

from bahriya_tui.model.check import Login
from bahriya_tui.model.providers import provider_of
from bahriya_tui.oci.challenge import Challenge
from bahriya_tui.oci.client import REFUSED, Client, token_in
from bahriya_tui.oci.manifest import trouble
from bahriya_tui.oci.wire import Answer

_ANONYMOUS = "its token server ignored the login and gave an anonymous token: user name or password is wrong"
_UNSURE = "its tokens cannot be read and no private image proved the login; link a private image and check it"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What the attempt said."""

    login: Login
    reason: str = ""
    ignored: bool = False
    """Whether the server passed over a wrong login: nodes then pull public images all the same."""


def log_in(client: Client, asked: Challenge, is_open: bool) -> LoggedIn:
    """Try the secret once; `Unreachable` where the answer is neither yes nor no.

    `is_open` tells that the registry's API answers without a login too, so that it proves nothing.
    """
    if asked.scheme == "bearer":
        return _by_token(client, asked)
    answer = client.log_in()
    if answer.status in REFUSED:
        return _rejected(client, answer)
    if answer.status != 200:
        raise trouble(answer)
    return LoggedIn("not proven", _UNSURE) if is_open else LoggedIn("accepted")


def _by_token(client: Client, asked: Challenge) -> LoggedIn:
    """Ask for a token without a scope: that can only fail because of the login."""
    answer = client.ask_token(asked, None)
    if answer.status in (400, *REFUSED):
        return _rejected(client, answer)
    token = token_in(answer)
    if token.anonymous:
        return LoggedIn("rejected", _ANONYMOUS, ignored=True)
    if token.subject is not None:
        return LoggedIn("accepted")
    anonymous = client.ask_token(asked, None, login=False)
    refused = anonymous.status in (400, *REFUSED)
    return LoggedIn("accepted") if refused else LoggedIn("not proven", _UNSURE)


def _rejected(client: Client, answer: Answer) -> LoggedIn:
    lifetime = provider_of(client.server).lifetime_seconds
    lives = f" (its tokens live {lifetime // 3600} h)" if lifetime else ""
    if b"expired" in answer.body:
        return LoggedIn("rejected", f"the token has expired{lives}; enter a new one")
    return LoggedIn("rejected", f"user name or password is wrong, or has expired{lives}; enter it anew")
