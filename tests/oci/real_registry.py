"""Registries of the distribution project (Debian's docker-registry), which share one storage."""

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bahriya_tui.sim.oci_images import Blob, Content

NEEDED = pytest.mark.skipif(
    not (shutil.which("docker-registry") and shutil.which("htpasswd")),
    reason="needs docker-registry and htpasswd (apt-get install docker-registry apache2-utils)",
)


def htpasswd(user: str, password: str) -> str:
    """One line of a password file."""
    command = ["htpasswd", "-iBn", user]
    return subprocess.run(command, input=password, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(folder: Path, storage: Path, *, auth: str = "", tls: Path | None = None) -> Iterator[str]:
    """Run a registry with the given `auth` section (YAML flow) and certificate; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    secured = f", tls: {{certificate: {tls}, key: {tls}}}" if tls else ""
    config.write_text(
        f"version: 0.1\n"
        f"log: {{formatter: json, level: info, accesslog: {{disabled: true}}}}\n"
        f"storage: {{filesystem: {{rootdirectory: {storage}}}}}\n"
        f"http: {{addr: '127.0.0.1:0', secret: x{secured}}}\n" + (f"auth: {auth}\n" if auth else "")
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
    try:
        yield _listening(process, folder / "log")
    finally:
        process.terminate()
        process.wait(120)


def _listening(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the system gave it, from its log."""
    ends = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < ends:
        if found := re.search(r'listening on (127\.0\.0\.1:\d+)[",]', log.read_text()):
            return found[1]
        os.sched_yield()
    pytest.fail(f"docker-registry did not start: {log.read_text()}")


def push(address: str, path: str, tag: str, login: str = "") -> None:
    """Put one of the embedded registry's images into a real one; `login` is `user:password`."""
    basic = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()} if login else {}
    manifest = Content().manifest(path, [tag], tag)
    assert manifest is not None
    described = json.loads(manifest.content)

    def send(method: str, url: str, blob: Blob | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(address, timeout=120)
        headers = basic | ({"Content-Type": blob.media_type} if blob else {})
        connection.request(method, url, blob.content if blob else None, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    for part in (described["config"], *described["layers"]):
        blob = Content().blob(path, [tag], part["digest"])
        assert blob is not None
        place = send("POST", f"/v2/{path}/blobs/uploads/").headers["Location"]
        target = place.partition(address)[2] + f"&digest={blob.digest}"
        assert send("PUT", target, Blob("application/octet-stream", blob.content)).status == 201
    assert send("PUT", f"/v2/{path}/manifests/{tag}", manifest).status == 201
