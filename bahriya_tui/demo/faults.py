"""What can go wrong in the demo's outside world, by name; each fault ends when the next one begins."""

import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from bahriya_tui.demo.world import DOWN, EDITED, REGISTRIES, SLOW, TOUR_TOKEN, USERS
from bahriya_tui.sim import verbs
from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.kinds import BY_PLURAL
from bahriya_tui.sim.oci_registry import OciRegistry

SLOW_PACE = 3.0
"""Seconds of a step of a slow rollout."""
_NAMESPACE = "bahriya-shop"


class Faults:
    """Does them to the embedded regions and the registry; tokens are written to `folder` as they change."""

    def __init__(self, registry: OciRegistry, fleet: Fleet, folder: Path) -> None:
        self._registry, self._fleet, self._folder = registry, fleet, folder
        self._pace = fleet.regions[SLOW].pace
        self._by_name: dict[str, Callable[[], Awaitable[None]]] = {
            "": self._nothing,
            "tokens": self._new_tokens,
            "one more": self._one_more,
            "expire": self._expire,
            "renew": self._renew,
            "down": self._down,
            "slow": self._slow,
            "edit": self._edit,
        }

    async def set(self, fault: str) -> None:
        """End what goes wrong now and begin `fault`; an empty one means that all is well."""
        for region in self._fleet.regions.values():
            region.pace = self._pace
            if region.down:
                await region.start()
        await self._by_name[fault]()

    async def _nothing(self) -> None:
        """All is well."""

    async def _new_tokens(self) -> None:
        """Give every registry user a new token, as the registry's owner would."""
        self._registry.users.update(write_tokens(self._folder, new_tokens()))

    async def _one_more(self) -> None:
        """Give the first user another token; the one before counts too, as while people rotate."""
        user, token = USERS[0], secrets.token_urlsafe(24)
        write_tokens(self._folder, {user: token})
        self._registry.users[user] += f"\n{token}"

    async def _expire(self) -> None:
        """Refuse the first user's token from now on."""
        self._registry.users.update(write_tokens(self._folder, {USERS[0]: secrets.token_urlsafe(24)}))

    async def _renew(self) -> None:
        """Give the first user the token that the tour names."""
        self._registry.users.update(write_tokens(self._folder, {USERS[0]: TOUR_TOKEN}))

    async def _down(self) -> None:
        """Refuse connections to a region."""
        await self._fleet.regions[DOWN].stop()

    async def _slow(self) -> None:
        """Let pods take long to start in a region."""
        self._fleet.regions[SLOW].pace = SLOW_PACE

    async def _edit(self) -> None:
        """Change the newest pull secret of a region by hand, as with kubectl."""
        objects = self._fleet.regions[EDITED].objects
        found = [one["metadata"]["name"] for one in objects.list("secrets", _NAMESPACE)]
        ours = [name for name in found if name.startswith(f"bahriya-{REGISTRIES[0]}-v")]
        if ours:
            newest = max(ours, key=lambda name: int(name.rpartition("-v")[2]))
            call = verbs.Call("patch", BY_PLURAL["secrets"], _NAMESPACE, newest, manager="kubectl-edit")
            emptied = {"data": {".dockerconfigjson": "eyJhdXRocyI6IHt9fQ=="}}
            verbs.patch(objects, call, emptied, verbs.MERGE)


def new_tokens() -> dict[str, str]:
    """Make up a token for every user of the registry."""
    return {user: secrets.token_urlsafe(24) for user in USERS}


def write_tokens(folder: Path, tokens: dict[str, str]) -> dict[str, str]:
    """Write tokens down, each in a file of mode 0600 named for its user, and give them."""
    for user, token in tokens.items():
        descriptor = os.open(folder / user, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token)
    return tokens
