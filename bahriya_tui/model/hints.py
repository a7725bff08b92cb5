"""What to say about a login before its registry is asked: one sentence for each thing that looks wrong.

Hints, never locks: shapes and names change without notice, and only the registry knows what it takes.
"""

from bahriya_tui.model.ecr import TOKEN_USER, is_temporary, mints
from bahriya_tui.model.providers import DISTRIBUTION, UNKNOWN, Provider, provider_of
from bahriya_tui.model.token import NO_FACTS, Kind, TokenFacts, kind_by_prefix, kind_of

_NO_TELLTALES = (UNKNOWN.id, DISTRIBUTION.id)
"""Providers that may stand for any registry, so that nobody's token is wrong there."""
_SHOWN = "the user name looks like a token: user names are stored and shown in clear, so revoke it"
_TWELVE_HOURS = "such a token ends 12 hours after it was made, and pulls fail from then on"
_KEY_INSTEAD = "; the id of an IAM access key (AKIA…) with its secret makes tokens by itself"
_OF_KINDS = {
    "gitlab-job": "the token of a job dies with the job; make a deploy token with read_registry",
    "github-app": "a token of an app or workflow ends within the hour, or with its job",
    "github-oauth": "an OAuth token belongs to the program that made it, and ends when that signs out",
    "docker-organisation": "with an organisation's token, the user name is the organisation's",
    "google-access": "an access token ends about an hour after it was made; a service account's key stays",
}
"""Said of a kind of token wherever it is taken."""
_NAMES_OF_KINDS = {
    "google-key": "_json_key",
    "google-key-base64": "_json_key_base64",
    "google-access": "oauth2accesstoken",
    "ecr": TOKEN_USER,
}
"""The user name that a registry wants with a kind of token."""


def hints(server: str, username: str, facts: TokenFacts = NO_FACTS) -> tuple[str, ...]:
    """Say what looks wrong with a login at a stored server, or will soon be; nothing where all looks well."""
    provider, kind = provider_of(server, username), kind_of(facts.kind)
    said = _of_username(provider, server, username) if username else []
    said += [] if kind is None else _of_token(provider, username, kind)
    if provider.lifetime_seconds is not None and username == TOKEN_USER:
        said.append(_TWELVE_HOURS + (_KEY_INSTEAD if provider.id == "ecr" else ""))
    return tuple(dict.fromkeys(said))


def wanted(server: str, username: str) -> str:
    """Say in a few words which token a login wants: what is shown where it is typed."""
    provider = provider_of(server, username)
    if provider is UNKNOWN:
        return ""
    if mints(server, username):
        return f"{provider.name}: the secret of IAM access key {username}"
    return f"{provider.name}: {provider.token}, with {provider.right}"


def _of_username(provider: Provider, server: str, username: str) -> list[str]:
    if kind_by_prefix(username):
        return [_SHOWN]
    if not provider.usernames.fullmatch(username):
        return [f"{provider.name}: {provider.username_rule}"]
    if is_temporary(server, username):
        return ["an IAM access key of a session (ASIA…) ends with it; take one of an IAM user (AKIA…)"]
    return []


def _of_token(provider: Provider, username: str, kind: Kind) -> list[str]:
    if kind.takers and provider.id not in (*kind.takers, *_NO_TELLTALES):
        return [f"this is {kind.words}, and not one for {provider.name}; it wants: {provider.token}"]
    if kind.id == "github-fine-grained" and provider.id == "ghcr":
        return ["fine-grained tokens do not work here; make a classic one (ghp_) with read:packages"]
    said = [_OF_KINDS[kind.id]] if kind.id in _OF_KINDS else []
    name = _NAMES_OF_KINDS.get(kind.id)
    if name is not None and username != name:
        said.append(f"this is {kind.words}: the user name for it is {name}")
    if kind.id == "aws-secret-key" and username == TOKEN_USER:
        said.append("this is the secret of an IAM access key: the user name for it is the key's id (AKIA…)")
    return said
