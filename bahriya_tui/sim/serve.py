"""Serves embedded regions for `bahriya sim serve`, until a signal comes or the lifeline pipe closes.

`python -I -m bahriya_tui.sim.serve JSON`, with the arguments of `run`.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from bahriya_tui.sim.fleet import Fleet, region_names
from bahriya_tui.sim.oci_registry import OciRegistry

USER = "operator"
PRIVATE = {"team/app": ["v1", "v2"], "team/api": ["v1", "v2"], "team/worker": ["v1", "v2"]}
PUBLIC = {"library/nginx": ["1.27", "1.28"], "library/redis": ["7.4"], "library/postgres": ["17"]}
"""What the registry holds; nodes ask it for all hosts, so `nginx:1.27` is here too."""


def run(
    regions: int | list[str],
    kubeconfig: Path | str,
    latency_ms: int = 0,
    registry: bool = False,
    lifeline: int | None = None,
    pace: float = 0.15,
) -> None:
    """Serve these regions (or so many) and write the kubeconfig when they are ready; blocks until the end.

    With `registry` a private registry is served too and described in one JSON line on standard output.
    `lifeline` is a file descriptor: the end comes when its other side closes.
    """
    names = region_names(regions) if isinstance(regions, int) else regions
    asyncio.run(_serve(names, Path(kubeconfig), latency_ms / 1000, registry, lifeline, pace))


async def _serve(
    names: list[str], kubeconfig: Path, latency: float, registry: bool, lifeline: int | None, pace: float
) -> None:
    ended = _ending(lifeline)
    async with contextlib.AsyncExitStack() as stack:
        oci = await stack.enter_async_context(_registry()) if registry else None
        mirror = f"http://{oci.address}" if oci else None
        fleet = await stack.enter_async_context(Fleet(names, registry=mirror, latency=latency, pace=pace))
        fleet.write_kubeconfig(kubeconfig)
        if oci:
            sys.stdout.write(json.dumps({"kubeconfig": str(kubeconfig), "registry": _described(oci)}) + "\n")
            sys.stdout.flush()
        await ended.wait()


@contextlib.asynccontextmanager
async def _registry() -> AsyncIterator[OciRegistry]:
    users = {USER: secrets.token_urlsafe(12)}
    async with OciRegistry(users=users, private=PRIVATE, public=PUBLIC, auth="token") as oci:
        yield oci


def _described(oci: OciRegistry) -> dict[str, object]:
    private = [f"{oci.address}/{path}:{tag}" for path, tags in PRIVATE.items() for tag in tags]
    public = [f"{path.removeprefix('library/')}:{tag}" for path, tags in PUBLIC.items() for tag in tags]
    return {
        "server": oci.address,
        "username": USER,
        "password": oci.users[USER],
        "images": private + public,
    }


def _ending(lifeline: int | None) -> asyncio.Event:
    """Set on SIGINT, SIGTERM, or the end of the lifeline."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if lifeline is not None:
        loop.add_reader(lifeline, _hear, lifeline, ended)
    return ended


def _hear(lifeline: int, ended: asyncio.Event) -> None:
    if not os.read(lifeline, 4096):
        asyncio.get_running_loop().remove_reader(lifeline)
        ended.set()


if __name__ == "__main__":
    run(**json.loads(sys.argv[1]))
