"""The check against the registry of the distribution project, where Debian's package of it is installed."""

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from bahriya_tui.sim.oci_images import Blob, Content
from tests.oci.certificates import Authority

pytestmark = pytest.mark.skipif(
    not (shutil.which("docker-registry") and shutil.which("htpasswd")),
    reason="needs docker-registry and htpasswd (apt-get install docker-registry apache2-utils)",
)


@pytest.fixture
def registry(tmp_path: Path, canary: str) -> Iterator[str]:
    """A registry with one user and nothing in it; gives its address."""
    logins = ["htpasswd", "-iBn", "op"]
    hashed = subprocess.run(logins, input=canary, capture_output=True, text=True, check=True).stdout
    (tmp_path / "htpasswd").write_text(hashed)
    config = tmp_path / "config.yml"
    config.write_text(
        f"version: 0.1\n"
        f"log: {{formatter: json, level: info, accesslog: {{disabled: true}}}}\n"
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/data}}}}\n"
        f"http: {{addr: '127.0.0.1:0', secret: x}}\n"
        f"auth: {{htpasswd: {{realm: real, path: {tmp_path}/htpasswd}}}}\n"
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
    try:
        yield listening(process, tmp_path / "log")
    finally:
        process.terminate()
        process.wait(120)


def listening(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the system gave it, from its log."""
    ends = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < ends:
        if found := re.search(r'listening on (127\.0\.0\.1:\d+)"', log.read_text()):
            return found[1]
        os.sched_yield()
    pytest.fail(f"docker-registry did not start: {log.read_text()}")


def push(address: str, password: str, path: str, tag: str) -> None:
    """Put one of the embedded registry's images into a real one."""
    login = {"Authorization": "Basic " + base64.b64encode(f"op:{password}".encode()).decode()}
    manifest = Content().manifest(path, [tag], tag)
    assert manifest is not None
    described = json.loads(manifest.content)

    def send(method: str, url: str, blob: Blob | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(address, timeout=120)
        headers = login | ({"Content-Type": blob.media_type} if blob else {})
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


def test_a_real_registry_gives_the_same_verdicts(registry: str, canary: str) -> None:
    push(registry, canary, "team/app", "v1")
    images = [parse(f"{registry}/team/app:{tag}") for tag in ("v1", "v9")]
    right = check(registry, "op", canary.encode(), images)
    assert (right.login, [image.verdict for image in right.images]) == ("accepted", ["ok", "not found"])
    wrong = check(registry, "op", b"wrong", images)
    assert (wrong.login, [image.verdict for image in wrong.images]) == ("rejected", ["denied", "denied"])
    assert canary not in repr((right, wrong))


def test_tls_asked_of_a_real_plain_registry_is_told_apart(registry: str, canary: str, tmp_path: Path) -> None:
    result = check(registry, "op", canary.encode(), [], ca_file=Authority(tmp_path).ca_file)
    assert (result.login, "does not speak TLS" in result.reason) == ("not proven", True)
