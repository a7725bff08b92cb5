"""Writes the kubeconfig of embedded regions: one context per region, named after it."""

import base64
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Access:
    """How one region is reached: its URL and bearer token."""

    name: str
    url: str
    token: str = field(repr=False)


def write_kubeconfig(path: Path, regions: Iterable[Access], ca_pem: str) -> None:
    """Write it as JSON (which is YAML), mode 0600, whole or not at all; the first region is current."""
    listed = list(regions)
    ca = base64.b64encode(ca_pem.encode()).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": listed[0].name if listed else "",
        "clusters": [
            {"name": each.name, "cluster": {"server": each.url, "certificate-authority-data": ca}}
            for each in listed
        ],
        "users": [{"name": each.name, "user": {"token": each.token}} for each in listed],
        "contexts": [
            {"name": each.name, "context": {"cluster": each.name, "user": each.name}} for each in listed
        ],
    }
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(config, file, indent=1)
    fresh.replace(path)
