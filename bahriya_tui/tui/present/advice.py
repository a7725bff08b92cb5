"""What a registry wants of a login, in words, while its server and user name are typed."""

from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.hints import hints, is_iam_key
from bahriya_tui.model.providers import UNKNOWN, Provider, provider_of
from bahriya_tui.model.server import normalise


@dataclass(frozen=True, slots=True)
class Advice:
    """Said under the fields: what looks wrong first, then what is wanted, then what else to know."""

    warnings: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Label and words."""
    notes: tuple[str, ...] = ()


def advice(server: str, username: str) -> Advice:
    """Say what the registry at a server wants, as far as both were typed; repairs of the server are told."""
    if not server:
        return Advice(notes=("What the registry wants is told here once its server is named.",))
    try:
        found = normalise(server)
    except BadInput as error:
        return Advice(notes=(f"{error.message}; {error.hint}",))
    provider = provider_of(found.host, username)
    repairs = ("; ".join(found.notes),) if found.notes else ()
    wrong = (*repairs, *hints(found.host, username))
    if provider is UNKNOWN:
        return Advice(wrong, (("Provider", "none that is known here; any OCI registry will do"),))
    return Advice(wrong, _facts(provider, username), provider.notes)


def _facts(provider: Provider, username: str) -> tuple[tuple[str, str], ...]:
    token = (
        "the secret of this access key" if is_iam_key(username) and provider.id == "ecr" else provider.token
    )
    return (
        ("Provider", provider.name),
        ("Username is", provider.username),
        ("Token is", f"{token} with {provider.right}"),
        ("Made at", provider.where),
    )
