"""A kubeconfig as plain data, every field checked for its type before use.

What YAML libraries say about errors is never repeated: it quotes the text, and that holds credentials.
"""

import base64
import binascii
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import yaml

from bahriya_tui.model.errors import BadInput

Section = dict[str, Any]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_one_reader = threading.Lock()
"""Else the regions of a deployment, beginning together, would each parse it and sort it out."""
_REPAIR = "look at it with `kubectl config view`"


def read(path: Path) -> str:
    """Give a kubeconfig's text as it is now; raises `OSError`, or `UnicodeDecodeError` where it is not text.

    While the file stays as it is, so does the text, the very same object: hundreds of regions share one file,
    and reading and comparing it for each takes longer than a request.
    """
    state = path.stat()
    return _read(path, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, *_state: int) -> str:
    return path.read_text("utf-8")


@lru_cache(maxsize=4)
def load(text: str) -> Section:
    """Read the document, which is not to be changed; `BadInput` where it is not YAML or no kubeconfig.

    Hundreds of regions share one file, and parsing it takes longer than connecting to them.
    """
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"the kubeconfig is not YAML{line}", _REPAIR) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BadInput("the kubeconfig is not YAML", _REPAIR) from None
    if not isinstance(document, dict) or not isinstance(document.get("contexts"), list):
        raise BadInput("the kubeconfig has no contexts", "name a kubeconfig with --kubeconfig")
    return document


def named(kubeconfig: str, kind: str) -> dict[str, Section]:
    """Give the entries of `contexts`, `clusters` or `users` by their names; what is no entry is left out.

    What it gives is not to be changed: it is sorted out once, not anew for each of hundreds of regions.
    """
    with _one_reader:
        return _named(kubeconfig, kind)


@lru_cache(maxsize=12)
def _named(kubeconfig: str, kind: str) -> dict[str, Section]:
    entries = load(kubeconfig).get(kind)
    found: dict[str, Section] = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            inner = entry.get(kind.removesuffix("s"))
            # As for kubectl, the first of two entries with one name counts.
            found.setdefault(entry["name"], inner if isinstance(inner, dict) else {})
    return found


def text(section: Section, field: str) -> str:
    """Give a field that is a text; empty when it is absent, `BadInput` when it is anything else."""
    value = section.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"the kubeconfig's field {field} is no text", "put it in quotes")
    return value


def address(cluster: Section) -> SplitResult:
    """Give a cluster's server; `BadInput` unless it is an https:// address of host, port and path.

    A login in it would be shown wherever the address is.
    """
    url = text(cluster, "server")
    try:
        parts = urlsplit(url)
        plain = parts.username is None and parts.port != 0 and not (parts.query or parts.fragment)
        usable = parts.scheme == "https" and parts.hostname and plain
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise BadInput("its server is no https:// address", "repair the kubeconfig")
    return parts


def content(section: Section, field: str, folder: Path) -> str:
    """Give what `<field>-data` holds in base64 or what the file that `field` names holds; empty without."""
    data = text(section, f"{field}-data")
    try:
        if data:
            return base64.b64decode(data, validate=False).decode()
        path = text(section, field)
        return (folder / path).read_text() if path else ""
    except (binascii.Error, UnicodeDecodeError):
        raise BadInput(f"the kubeconfig's {field} is not in PEM", _REPAIR) from None
    except (OSError, ValueError):
        raise BadInput(
            f"the kubeconfig's file for {field} cannot be read", f"relative paths start at {folder}"
        ) from None
