"""The way into a region: its address, its CA, and the credentials the kubeconfig has for it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bahriya_tui.kubeconfig.contexts import Kubeconfig, ca_pem, data_or_file, load, named
from bahriya_tui.kubeconfig.plugin import Credential, run_plugin
from bahriya_tui.model.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to connect to a region's API server. What is secret in it is not shown by `repr`."""

    host: str
    port: int
    server_name: str = ""
    """Name to check the certificate against; empty for `host`."""
    ca_pem: str = ""
    """Empty for the system's CAs."""
    token: str = field(default="", repr=False)
    client_cert_pem: str = field(default="", repr=False)
    client_key_pem: str = field(default="", repr=False)
    insecure: bool = False
    base_path: str = ""


def endpoint(path: Path, context: str) -> Endpoint:
    """Read the way into `context`; an exec plugin is run for it, which may take seconds.

    Raises `NotFound` for a missing context, `BadInput` for one that is not usable.
    """
    config = load(path)
    entry = named(config, "contexts").get(context)
    if entry is None:
        raise NotFound(f"kubeconfig {path} has no context {context!r}", "see `kubectl config get-contexts`")
    return _endpoint(config, entry, path.parent, context)


def _endpoint(config: Kubeconfig, entry: dict[str, Any], folder: Path, context: str) -> Endpoint:
    cluster = named(config, "clusters").get(str(entry.get("cluster")), {})
    user = named(config, "users").get(str(entry.get("user")), {})
    server = urlsplit(str(cluster.get("server", "")))
    if server.scheme != "https" or not server.hostname:
        raise BadInput(
            f"context {context!r} has no https server", "credentials are sent over verified TLS only"
        )
    if cluster.get("proxy-url"):
        raise BadInput(f"context {context!r} wants a proxy", "proxy-url is not supported: connect directly")
    credential = _credential(user, folder, context)
    return Endpoint(
        host=server.hostname,
        port=server.port or 443,
        server_name=str(cluster.get("tls-server-name") or ""),
        ca_pem=ca_pem(cluster, folder),
        token=credential.token,
        client_cert_pem=credential.client_cert_pem,
        client_key_pem=credential.client_key_pem,
        insecure=cluster.get("insecure-skip-tls-verify") is True,
        base_path=server.path.rstrip("/"),
    )


def _credential(user: dict[str, Any], folder: Path, context: str) -> Credential:
    """Take what the user entry offers, in the order of client-go: certificate and token, then the plugin."""
    certificate = data_or_file(user, "client-certificate", folder)
    key = data_or_file(user, "client-key", folder)
    token = _token(user, folder)
    if certificate or token:
        return Credential(token, certificate, key)
    if isinstance(user.get("exec"), dict):
        return run_plugin(user["exec"], folder, context)
    if user.get("username") or user.get("auth-provider"):
        raise BadInput(
            f"context {context!r} logs in in a way that is not supported",
            "use a token, a certificate or exec",
        )
    return Credential("", "", "")


def _token(user: dict[str, Any], folder: Path) -> str:
    if user.get("tokenFile"):
        try:
            return (folder / str(user["tokenFile"])).read_text().strip()
        except OSError:
            raise BadInput("the kubeconfig's tokenFile cannot be read", "does it exist?") from None
    return str(user.get("token") or "")
