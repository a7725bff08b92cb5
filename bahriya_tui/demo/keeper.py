"""The process that holds the demo's regions and registry: `bahriya_tui.demo.keeper HOME --lifeline FD`.

It prints one JSON line when everything is up. Each line of its input names a fault (`faults`), and is
answered with a line when that has begun. When the lifeline closes it stops, waits for the demo's worker to be
gone, and removes HOME. The tokens exist here and in files of mode 0600, as on any registry's own machine.
"""

import argparse
import asyncio
import fcntl
import json
import shutil
import signal
import sys
from pathlib import Path

from bahriya_tui.demo.faults import Faults, new_tokens, write_tokens
from bahriya_tui.demo.world import PRIVATE, PUBLIC, REGIONS, USERS
from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry


def main() -> None:
    """Serve until the lifeline closes, then clean up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--pace", type=float, required=True)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(_serve(options.home, options.lifeline, options.pace))
    finally:
        _wait_for_worker(options.home / "store" / "worker.lock")
        shutil.rmtree(options.home, ignore_errors=True)


async def _serve(home: Path, lifeline: int, pace: float) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(lifeline, ended.set)
    folder = home / "registry"
    folder.mkdir(mode=0o700)
    tokens = write_tokens(folder, new_tokens())
    async with (
        OciRegistry(users=tokens, private=PRIVATE, public=PUBLIC, auth="token") as registry,
        Fleet([region.id for region in REGIONS], registry=f"http://{registry.address}", pace=pace) as fleet,
    ):
        kubeconfig = home / "kubeconfig"
        fleet.write_kubeconfig(kubeconfig)
        files = {user: str(folder / user) for user in USERS}
        _say({"kubeconfig": str(kubeconfig), "registry": registry.address, "token_files": files})
        listening = asyncio.create_task(_listen(Faults(registry, fleet, folder), ended))
        await ended.wait()
        loop.remove_reader(lifeline)
        listening.cancel()


async def _listen(faults: Faults, ended: asyncio.Event) -> None:
    """Begin the faults that are named on standard input, one after the other; its end is that of the demo."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        while line := await lines.readline():
            fault = line.decode().strip()
            await faults.set(fault)
            _say({"fault": fault})
    finally:
        ended.set()


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201


def _wait_for_worker(lock: Path) -> None:
    """Return when no worker holds `lock` any more: its store is about to be removed."""
    if lock.exists():
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)


if __name__ == "__main__":
    main()
