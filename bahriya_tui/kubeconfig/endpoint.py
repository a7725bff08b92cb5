"""The way into one context of a kubeconfig: address, trust and credentials, all read now.

Refuses what it does not support rather than leaving it out: without an impersonation, say, one would act with
more rights than meant.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path

from bahriya_tui.kubeconfig import plugin
from bahriya_tui.kubeconfig.document import Section, address, content, named, read, text
from bahriya_tui.model.errors import BadInput, NotFound

_UNSUPPORTED = (
    ("cluster", "proxy-url", "proxies"),
    ("user", "as", "impersonation"),
    ("user", "auth-provider", "auth-provider (replaced by exec)"),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API server and how to log in there; texts are empty where they do not apply."""

    host: str
    port: int
    server_name: str
    """Name that its certificate must carry, where that is not `host`."""
    ca_pem: str
    """CA certificates in PEM; empty for the system's."""
    token: str = field(repr=False)
    client_cert_pem: str
    client_key_pem: str = field(repr=False)
    insecure: bool
    base_path: str
    """Path below which the API lives, without a slash at its end; mostly empty."""
    basic: str = field(default="", repr=False)
    """`user:password` in base64, for HTTP Basic authentication in front of an API server."""

    @property
    def authorization(self) -> str:
        """Value of the header `Authorization`; empty when the client certificate is the login."""
        if self.token:
            return f"Bearer {self.token}"
        return f"Basic {self.basic}" if self.basic else ""


def endpoint(path: Path, context: str) -> Endpoint:
    """Read one context; `NotFound` without it, `BadInput` where it cannot be used."""
    try:
        kubeconfig = read(path)
    except FileNotFoundError:
        raise NotFound(f"there is no kubeconfig {path}", "put it back, or edit the region") from None
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"kubeconfig {path} cannot be read", "look at its mode") from None
    found = named(kubeconfig, "contexts").get(context)
    if found is None:
        raise NotFound(f'no context "{context}" in {path}', "look at `kubectl config get-contexts`")
    cluster = named(kubeconfig, "clusters").get(str(found.get("cluster")))
    if cluster is None:
        raise BadInput(f'context "{context}" in {path} names no cluster that exists', "repair the kubeconfig")
    user = named(kubeconfig, "users").get(str(found.get("user")), {})
    try:
        return _endpoint(cluster, user, path.absolute().parent)
    except BadInput as error:
        raise BadInput(f'context "{context}" in {path}: {error.message}', error.hint) from None


def _endpoint(cluster: Section, user: Section, folder: Path) -> Endpoint:
    for where, name, words in _UNSUPPORTED:
        if (cluster if where == "cluster" else user).get(name):
            raise BadInput(f"it uses {words}, which is not supported", "use a context without it")
    server = address(cluster)
    insecure = cluster.get("insecure-skip-tls-verify") is True
    login = _login(cluster, user, folder)
    return Endpoint(
        host=server.hostname or "",
        port=server.port or 443,
        server_name=text(cluster, "tls-server-name"),
        ca_pem="" if insecure else content(cluster, "certificate-authority", folder),
        token=login.token,
        client_cert_pem=login.certificate,
        client_key_pem=login.key,
        insecure=insecure,
        base_path=server.path.rstrip("/"),
        basic="" if login.token else _basic(user),
    )


def _login(cluster: Section, user: Section, folder: Path) -> plugin.Login:
    certificate, key = content(user, "client-certificate", folder), content(user, "client-key", folder)
    token = _file_token(user, folder) or text(user, "token")
    if isinstance(user.get("exec"), dict) and not token:
        given = plugin.login(user["exec"], cluster, folder)
        token, certificate, key = given.token, given.certificate or certificate, given.key or key
    if bool(certificate) != bool(key):
        raise BadInput("it has only one of client certificate and client key", "repair the kubeconfig")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise BadInput("its token cannot be sent", "repair the kubeconfig")
    return plugin.Login(token, certificate, key)


def _file_token(user: Section, folder: Path) -> str:
    """Read the token that is kept in a file, which counts before one in the kubeconfig (as for kubectl)."""
    name = text(user, "tokenFile")
    try:
        return (folder / name).read_text().strip() if name else ""
    except (OSError, ValueError):
        raise BadInput("its tokenFile cannot be read", f"relative paths start at {folder}") from None


def _basic(user: Section) -> str:
    name, password = text(user, "username"), text(user, "password")
    return base64.b64encode(f"{name}:{password}".encode()).decode() if name or password else ""
