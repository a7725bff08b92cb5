"""Second opinions on a pull: skopeo, and containerd, which is what nodes run."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SKOPEO = pytest.mark.skipif(not shutil.which("skopeo"), reason="needs skopeo (apt-get install skopeo)")
CONTAINERD = pytest.mark.skipif(
    not (shutil.which("containerd") and shutil.which("ctr")) or os.geteuid() != 0,
    reason="needs containerd (apt-get install containerd) and root",
)
_TIMEOUT = 120


def skopeo_pulls(image: str, login: str, ca_file: str | None = None) -> bool:
    """Whether skopeo gets the manifest with `user:password`, without one where it is empty."""
    command = ["skopeo", "--insecure-policy", "inspect", "--raw"]
    with tempfile.TemporaryDirectory() as folder:
        command += ["--authfile", f"{folder}/auth.json", "--cert-dir", folder]
        if ca_file is None:
            command += ["--tls-verify=false"]
        else:
            shutil.copy(ca_file, f"{folder}/ca.crt")
        command += ["--creds", login] if login else ["--no-creds"]
        done = subprocess.run([*command, f"docker://{image}"], capture_output=True, timeout=_TIMEOUT)
    return done.returncode == 0


class Containerd:
    """A containerd of its own, without anything that runs containers."""

    def __init__(self, socket: Path) -> None:
        self._ctr = ["ctr", "-a", str(socket), "-n", "test"]

    def pulls(self, image: str, login: str) -> bool:
        """Whether it fetches the image, manifest and layers, with `user:password`."""
        # A layer it has is not fetched again, but the manifest is always asked for.
        user = ["--user", login] if login else []
        command = [*self._ctr, "content", "fetch", "--plain-http", *user, image]
        return subprocess.run(command, capture_output=True, timeout=_TIMEOUT).returncode == 0

    def answers(self) -> bool:
        return subprocess.run([*self._ctr, "version"], capture_output=True, timeout=_TIMEOUT).returncode == 0


@contextmanager
def containerd() -> Iterator[Containerd]:
    """Run one below a folder with a short name, which sockets need."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        socket = folder / "s"
        (folder / "config.toml").write_text(
            f'version = 2\nroot = "{folder}/root"\nstate = "{folder}/state"\n'
            f'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]\n'
            f'[grpc]\naddress = "{socket}"\n[ttrpc]\naddress = "{folder}/t"\n'
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["containerd", "-c", str(folder / "config.toml")], stdout=log, stderr=log
            )
        try:
            served, ends = Containerd(socket), time.monotonic() + _TIMEOUT
            while not (socket.exists() and served.answers()):
                if process.poll() is not None or time.monotonic() > ends:
                    pytest.fail(f"containerd did not start: {(folder / 'log').read_text()}")
                os.sched_yield()
            yield served
        finally:
            process.terminate()
            process.wait(_TIMEOUT)
