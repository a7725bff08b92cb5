"""Fleets: ports, certificates, tokens and the kubeconfig; and `serve`, which runs one until told to end."""

import asyncio
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bahriya_tui.sim.fleet import Fleet, region_names

SERVE = (
    "import sys, pathlib; from bahriya_tui.sim.serve import run;"
    "run(3, pathlib.Path(sys.argv[1]), 0, True, int(sys.argv[2]) if len(sys.argv) > 2 else None)"
)


async def test_the_kubeconfig_reaches_every_region_with_verified_tls(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    async with Fleet(["a", "b"]) as fleet:
        fleet.write_kubeconfig(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        config: dict[str, Any] = yaml.safe_load(path.read_text())
        assert [each["name"] for each in config["contexts"]] == ["a", "b"]
        assert len({each["user"]["token"] for each in config["users"]}) == 2
        context = ssl.create_default_context(cadata=fleet.ca_pem)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        for region in fleet.regions.values():
            for name in ("127.0.0.1", "localhost"):
                _, writer = await asyncio.open_connection(
                    "127.0.0.1", region.port, ssl=context, server_hostname=name
                )
                writer.close()
                await writer.wait_closed()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", region.port, ssl=ssl.create_default_context())


async def test_writing_the_kubeconfig_closes_one_that_was_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("")
    path.chmod(0o644)
    Fleet(["a"]).write_kubeconfig(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["kubeconfig"]


async def test_two_hundred_idle_regions_have_no_tasks() -> None:
    before = asyncio.all_tasks()
    async with Fleet(region_names(200)) as fleet:
        assert len({region.port for region in fleet.regions.values()}) == 200
        assert not any(region.busy for region in fleet.regions.values())
        assert asyncio.all_tasks() == before


def test_regions_are_named_after_cities_first() -> None:
    assert region_names(5) == ["falkenstein-1", "helsinki-1", "virginia-1", "region-4", "region-5"]


@pytest.mark.parametrize("end", ["lifeline", "SIGTERM", "SIGINT"])
def test_serve_describes_its_registry_and_ends_when_told(tmp_path: Path, end: str) -> None:
    path = tmp_path / "kubeconfig"
    reader, writer = os.pipe()
    command = [sys.executable, "-c", SERVE, str(path)] + ([str(reader)] if end == "lifeline" else [])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=[reader]) as process:
        os.close(reader)
        assert process.stdout
        said = json.loads(process.stdout.readline())
        assert said["kubeconfig"] == str(path)
        assert set(said["registry"]) == {"server", "username", "password", "images"}
        assert f"{said['registry']['server']}/team/app:v1" in said["registry"]["images"]
        assert len(json.loads(path.read_text())["contexts"]) == 3
        if end == "lifeline":
            os.close(writer)
        else:
            process.send_signal(getattr(signal, end))
        assert process.wait(timeout=120) == 0
    if end != "lifeline":
        os.close(writer)
