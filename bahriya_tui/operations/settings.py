"""Settings of the way to a registry, before they are used: is the CA file there, is the proxy a proxy."""

import os
from dataclasses import replace
from pathlib import Path

from bahriya_tui.model import proxy as proxies
from bahriya_tui.model.connection import ConnectionSettings, refuse_seen_by_proxy
from bahriya_tui.model.errors import NotFound


def usable_settings(settings: ConnectionSettings) -> ConnectionSettings:
    """Give settings as they are stored; `NotFound` without the CA file, `BadInput` for what is no proxy."""
    refuse_seen_by_proxy(settings.plain_http, settings.proxy)
    return replace(
        settings,
        ca_file=None if settings.ca_file is None else _existing_file(settings.ca_file),
        proxy=None if settings.proxy is None else proxies.normalised(settings.proxy),
    )


def _existing_file(path: str) -> str:
    # Of somebody whom this machine does not know, it stays as it is.
    found = Path(os.path.expanduser(path)).absolute()  # noqa: PTH111
    if not found.is_file():
        raise NotFound(f"there is no CA file {path}", "name a file with PEM certificates")
    return str(found)
