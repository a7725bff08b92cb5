"""The flow that takes logins from files of Docker and Podman, or from pull secrets of others in a region."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bahriya_tui.model.errors import Failed
from bahriya_tui.model.importing import FoundLogin, Planned
from bahriya_tui.tui import together
from bahriya_tui.tui.dialogs.import_form import LoginsForm, SecretsForm, WhereForm, refusals
from bahriya_tui.tui.present.text import count
from bahriya_tui.tui.screens.base import BahriyaScreen

if TYPE_CHECKING:
    from bahriya_tui.operations.prove import Connected
    from bahriya_tui.operations.session import Session

Take = Callable[["Session", Planned], "Connected"]
"""Adds one login as a registry."""


async def take_logins(screen: BahriyaScreen) -> None:
    """Ask where to look, show what is there, and add what is marked."""
    app, project = screen.bahriya, screen.bahriya.open_project
    regions = [one.id for one in app.view.world.regions]
    region = await app.push_screen_wait(WhereForm(regions)) if regions else ""
    if region is None:
        return
    if region:
        await _from_region(screen, project, region)
    else:
        await _from_files(screen, project)


async def _from_files(screen: BahriyaScreen, project: str) -> None:
    from bahriya_tui.launch import imports
    from bahriya_tui.operations.import_logins import take_login

    app = screen.bahriya
    found = await app.change("looking for logins", lambda s: imports.begin(s.places, imports.LoginSource()))

    def take(s: "Session", one: Planned) -> "Connected":
        number = one.login.number
        reader, resolved = found.read_token(number), found.resolved
        return take_login(s, project, one.handle, one.login, reader, resolved=resolved)

    try:
        await _choose(screen, project, found.found, take)
    finally:
        await app.change("ending the import", lambda _s: found.end())


async def _from_region(screen: BahriyaScreen, project: str, region: str) -> None:
    from bahriya_tui.operations import adopt

    app = screen.bahriya
    secrets = await app.change(f"looking into {region}", lambda s: adopt.find_foreign(s, project, region))
    if not secrets:
        raise Failed(f"region {region} has no pull secret of others", "nothing was changed")
    marked = await app.push_screen_wait(SecretsForm(region, secrets))
    if marked is None:
        return
    origin: dict[int, tuple[str, FoundLogin]] = {}

    def look(s: "Session") -> list[FoundLogin]:
        logins = [(path, one) for path in marked for one in adopt.look_into(s, project, region, path)]
        origin.update(enumerate(logins))
        return [replace(one, number=number) for number, (_, one) in origin.items()]

    def take(s: "Session", one: Planned) -> "Connected":
        path, login = origin[one.login.number]
        return adopt.adopt_login(s, project, one.handle, region, path, login)

    found = await app.change(f"looking into {count(len(marked), 'secret')}", look)
    await _choose(screen, project, found, take)


async def _choose(screen: BahriyaScreen, project: str, found: Sequence[FoundLogin], take: Take) -> None:
    """Show the plan, and do what is marked of it; each one by itself, so that one refusal stops no other."""
    from bahriya_tui.operations.import_logins import plan_import

    app = screen.bahriya
    planned = await app.change("looking at registries", lambda s: plan_import(s, project, found))
    if not any(one.fate == "new" for one in planned):
        app.say("No login can be imported.", *refusals(planned)[: together.TOLD], severity="warning")
        return
    marked = await app.push_screen_wait(LoginsForm(planned))
    if marked is None:
        return
    wanted = {planned[index].handle: planned[index] for index in marked}

    async def add(handle: str) -> "Connected":
        return await app.change(f"adding {handle}", lambda s: take(s, wanted[handle]))

    added = await together.one_by_one(list(wanted), add)
    notes = [f"{handle}: {note}" for handle, made in added.done.items() for note in made.notes]
    app.say(*added.told("imported"), *notes[: together.TOLD], severity=added.severity)
