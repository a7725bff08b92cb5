"""Registries of every kind over one storage; each is started when a test first asks for it."""

import secrets
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Literal

from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from tests.oci import real_registry
from tests.oci.certificates import Authority
from tests.oci.token_server import Mode, TokenServer

Kind = Literal["open", "htpasswd", "token", "tls", "ends soon", "expired", "wrong name"]
_DAYS = {"tls": 90, "ends soon": 9, "expired": -1, "wrong name": 90}
IMAGES = ("team/api", "team/web", "other/app", "library/nginx")
"""Each has the tag v1; `op` may pull the first two and push the second, and the last one is public."""


class World:
    """What one module's tests ask; `password` is the right one of the user `op`."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.password = f"canary-{secrets.token_hex(16)}"
        self._folder = folder
        self._stack = stack
        self.authority = Authority(folder)
        grants = {
            ("op", "team/api"): {"pull"},
            ("op", "team/web"): {"pull", "push"},
            ("", "library/nginx"): {"pull"},
        }
        self.tokens = stack.enter_context(TokenServer(folder, {"op": self.password}, grants))
        (folder / "htpasswd").write_text(real_registry.htpasswd("op", self.password))
        self._addresses: dict[Kind, str] = {}
        for path in IMAGES:
            real_registry.push(self.address("open"), path, "v1")

    def address(self, kind: Kind) -> str:
        """Give the address of a registry, which runs from then on."""
        if kind not in self._addresses:
            auth = f"{{htpasswd: {{realm: real, path: {self._folder}/htpasswd}}}}"
            auth = {"open": "", "token": self.tokens.auth}.get(kind, auth)
            address = "10.9.8.7" if kind == "wrong name" else "127.0.0.1"
            tls = self.authority.file(address, timedelta(days=_DAYS[kind])) if kind in _DAYS else None
            serving = real_registry.serving(
                self._folder / f"of {kind}", self._folder / "data", auth=auth, tls=tls
            )
            self._addresses[kind] = self._stack.enter_context(serving)
        return self._addresses[kind]

    def ca_file(self, kind: Kind) -> str | None:
        """Give the CA of a registry that speaks TLS."""
        return self.authority.ca_file if kind in _DAYS else None

    def check(self, kind: Kind, login: str, *images: str, mode: Mode = "strict") -> CheckResult:
        """Check `user:password` with images, as paths and tags, while the token server is in a mode."""
        user, _, password = login.partition(":")
        address = self.address(kind)
        wanted = [parse(f"{address}/{image}") for image in images]
        self.tokens.mode = mode
        self.tokens.attempts.clear()
        return check(address, user, password.encode(), wanted, ca_file=self.ca_file(kind), deadline=120)
