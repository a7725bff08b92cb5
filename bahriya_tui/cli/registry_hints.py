"""`bahriya registry hints`: what a registry wants of a login, told from its server without asking it."""

from typing import Literal

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.hints import hints as hints_on
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.server import normalise

_SHOWN: tuple[Literal["server", "provider", "username", "token", "right", "made_at", "lifetime"], ...] = (
    "server",
    "provider",
    "username",
    "token",
    "right",
    "made_at",
    "lifetime",
)
"""What people see as a table; the rest are sentences, told as notes."""


@click.command("hints")
@click.argument("server")
@click.option("--username", default="", metavar="U", help="Say too what looks wrong with this user name.")
@common
def hints(asked: Common, server: str, username: str) -> None:
    """Say which user name and token a registry wants. Nothing is asked of it."""
    found = normalise(server)
    provider = provider_of(found.host, username)
    wrong = hints_on(found.host, username)
    told: records.Hints = {
        "server": found.host,
        "provider": provider.name,
        "username": provider.username,
        "token": provider.token,
        "right": provider.right,
        "made_at": provider.where,
        "lifetime": provider.lifetime,
        "provider_id": provider.id,
        "lifetime_seconds": provider.lifetime_seconds,
        "notes": list(provider.notes),
        "repairs": list(found.notes),
        "hints": list(wrong),
    }
    if asked.json:
        output.show(told, as_json=True)
        return
    output.show({name: told[name] for name in _SHOWN}, as_json=False)
    for sentence in (*found.notes, *wrong, *provider.notes):
        output.note(sentence)
