"""Builds kubeconfigs."""

import json
from pathlib import Path
from typing import Any

Config = dict[str, Any]


def config(user: Config | None = None, cluster: Config | None = None) -> Config:
    """One context `here`, with a cluster that has an address unless told otherwise."""
    return {
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443", **(cluster or {})}}],
        "users": [{"name": "u", "user": user or {}}],
    }


def written(folder: Path, content: Config) -> Path:
    """Write it, as JSON, which is YAML."""
    path = folder / "config"
    path.write_text(json.dumps(content))
    return path
