"""What a kubeconfig says of its contexts: names, servers, and the CA to hold them to."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Any

import yaml

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.region import ContextPin

Kubeconfig = dict[str, Any]
_MAX_BYTES = 16 << 20
# libyaml is nine times as fast on the kubeconfig of 200 regions; not every platform's wheel has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> Kubeconfig:
    """Read a kubeconfig file. Raises `BadInput` when it is missing, no YAML, or no kubeconfig."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES)
        found = yaml.load(text, _Loader)  # noqa: S506
    except OSError as error:
        raise BadInput(
            f"kubeconfig {path} cannot be read ({error.strerror})", "name another: --kubeconfig"
        ) from None
    except (yaml.YAMLError, ValueError):
        raise BadInput(f"kubeconfig {path} is not YAML", "is it a kubeconfig?") from None
    if not isinstance(found, dict) or not named(found, "contexts"):
        raise BadInput(f"kubeconfig {path} has no contexts", "is it a kubeconfig?")
    return found


def pins(config: Kubeconfig, folder: Path) -> list[ContextPin]:
    """List the contexts with what they are pinned to; paths in the file are relative to `folder`."""
    clusters = named(config, "clusters")
    found = []
    for name, context in named(config, "contexts").items():
        cluster = clusters.get(str(context.get("cluster")), {})
        authority = ca_pem(cluster, folder)
        fingerprint = hashlib.sha256(authority.encode()).hexdigest() if authority else ""
        found.append(ContextPin(name, str(cluster.get("server", "")), fingerprint))
    return found


def named(config: Kubeconfig, section: str) -> dict[str, dict[str, Any]]:
    """Give a section (`contexts`, `clusters`, `users`) as name to content; skips what is malformed."""
    entries = config.get(section)
    found = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            content = entry.get(section.removesuffix("s"))
            found[entry["name"]] = content if isinstance(content, dict) else {}
    return found


def ca_pem(cluster: dict[str, Any], folder: Path) -> str:
    """Give the CA of a cluster in PEM; empty when the system's CAs count."""
    return data_or_file(cluster, "certificate-authority", folder)


def data_or_file(section: dict[str, Any], key: str, folder: Path) -> str:
    """Give what `KEY-data` holds in base64, or the file named by `KEY` holds; empty when neither is set."""
    inline, path = section.get(f"{key}-data"), section.get(key)
    try:
        if inline:
            return base64.b64decode(str(inline), validate=False).decode()
        return (folder / str(path)).read_text() if path else ""
    except (OSError, ValueError, binascii.Error):
        raise BadInput(f"the kubeconfig's {key} cannot be read", "does the file it names exist?") from None
