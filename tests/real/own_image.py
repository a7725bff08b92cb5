"""An image with Bahriya in it, made of the Python and the packages that run these tests, without a builder.

It is what the README's Containerfile makes, on no distribution: an interpreter, its libraries, the product.
"""

import base64
import compileall
import hashlib
import http.client
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement

import bahriya_tui

_PRODUCT = "bahriya-tui"
_SITE = f"usr/local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
_UNUSED = {"site-packages", "dist-packages", "test", "idlelib", "tkinter", "ensurepip", "turtledemo"}
_NEVER_LOADED = re.compile(
    r"(^pip|^kubernetes/(aio|test|client/(api|models))|/tests?)/|\.opt-[12]\.pyc$|_tkinter"
)
"""Three quarters of all that there is, which nodes would only take longer to pull."""
_START = b"#!/usr/local/bin/python3\nimport sys\nfrom bahriya_tui.__main__ import main\nsys.exit(main())\n"
_OCI = "application/vnd.oci.image"


def build(folder: Path) -> Path:
    """Write the image's one layer, and give its path."""
    product = folder / "bahriya_tui"
    shutil.copytree(Path(bahriya_tui.__file__).parent, product, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(product, quiet=1)
    stdlib = Path(sysconfig.get_path("stdlib"))
    files = dict(_packages())
    libraries = [stdlib / "lib-dynload", *(path for path in files.values() if path.suffix == ".so")]
    layer = folder / "layer.tar"
    with tarfile.open(layer, "w") as tar:
        for name in ("dev", "etc", "proc", "run", "sys", "tmp", "var/lib"):
            made = tarfile.TarInfo(name)
            made.type, made.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(made)
        python = Path(sys.executable).resolve()
        tar.add(python, "usr/local/bin/python3")
        script = tarfile.TarInfo("usr/local/bin/bahriya")
        script.size, script.mode = len(_START), 0o755
        tar.addfile(script, io.BytesIO(_START))
        for entry in sorted(stdlib.iterdir()):
            if entry.name not in _UNUSED and not entry.name.startswith("config-"):
                tar.add(entry, f"{Path(_SITE).parent}/{entry.name}", filter=_loaded)
        for name, path in files.items():
            tar.add(path, f"{_SITE}/{name}")
        tar.add(product, f"{_SITE}/bahriya_tui")
        for name, path in _libraries([python, *libraries]).items():
            tar.add(path, name)
    return layer


def push(layer: Path, registry: str, repository: str, tag: str, login: tuple[str, str]) -> str:
    """Put the image into a registry that speaks plain HTTP; give its reference."""
    uploads = f"/v2/{repository}/blobs/uploads/"
    basic = base64.b64encode(":".join(login).encode()).decode()
    line = http.client.HTTPConnection(registry, timeout=120)

    def call(method: str, path: str, body: object = None, kind: str = "application/octet-stream") -> str:
        headers = {"Authorization": f"Basic {basic}", "Content-Type": kind}
        if isinstance(body, io.BufferedReader):
            headers["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        line.request(method, path, body=body, headers=headers)  # type: ignore[arg-type]
        answer = line.getresponse()
        told = answer.read()
        assert answer.status in (201, 202), (answer.status, told)
        return answer.headers.get("Location", "")

    def put(blob: object, digest: str) -> None:
        place = urlsplit(call("POST", uploads, b""))
        call("PUT", f"{place.path}?{place.query}&digest={digest}", blob)

    with layer.open("rb") as file:
        digest = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        put(file, digest)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    started = {"Entrypoint": ["bahriya"], "Env": ["PATH=/usr/local/bin"], "User": "10001:10001"}
    filesystem = {"type": "layers", "diff_ids": [digest]}
    config = json.dumps({"architecture": machine, "os": "linux", "config": started, "rootfs": filesystem})
    config_digest = "sha256:" + hashlib.sha256(config.encode()).hexdigest()
    put(config.encode(), config_digest)
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.manifest.v1+json",
        "config": {
            "mediaType": f"{_OCI}.config.v1+json",
            "digest": config_digest,
            "size": len(config.encode()),
        },
        "layers": [
            {"mediaType": f"{_OCI}.layer.v1.tar", "digest": digest, "size": layer.stat().st_size},
        ],
    }
    call("PUT", f"/v2/{repository}/manifests/{tag}", json.dumps(manifest), f"{_OCI}.manifest.v1+json")
    line.close()
    return f"{registry}/{repository}:{tag}"


def _packages() -> Iterator[tuple[str, Path]]:
    """Give the files of everything that the product needs, and what is known of the product itself."""
    for name, path in _files(distribution(_PRODUCT)):
        if ".dist-info/" in name:
            yield name, path
    for needed in _needed(distribution(_PRODUCT), set()):
        yield from _files(needed)


def _needed(of: Distribution, known: set[str]) -> Iterator[Distribution]:
    for line in of.requires or []:
        requirement = Requirement(line)
        name = re.sub("[-_.]+", "-", requirement.name).lower()
        wanted = [{"extra": extra} for extra in ("", *requirement.extras)]
        marker = requirement.marker
        if name in known or (marker is not None and not any(marker.evaluate(one) for one in wanted)):
            continue
        known.add(name)
        found = distribution(name)
        yield found
        yield from _needed(found, known)


def _files(of: Distribution) -> Iterator[tuple[str, Path]]:
    for file in of.files or []:
        path = Path(str(file.locate()))
        if ".." not in file.parts and not _NEVER_LOADED.search(str(file)) and path.is_file():
            yield str(file), path


def _loaded(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _NEVER_LOADED.search(entry.name + "/" * entry.isdir()) else entry


def _libraries(programs: list[Path]) -> dict[str, Path]:
    """Find the shared libraries of programs, by where the image has them: where every loader looks."""
    files = [path for one in programs for path in (one.rglob("*.so") if one.is_dir() else [one])]
    listed = subprocess.run(["ldd", *files], check=True, capture_output=True, text=True).stdout
    found = {}
    for path in re.findall(r"(/\S+) \(0x", listed):
        if "/site-packages/" not in path:
            loader = Path(path).name.startswith("ld-linux")
            found[path.lstrip("/") if loader else f"usr/lib/{Path(path).name}"] = Path(path).resolve()
    return found
