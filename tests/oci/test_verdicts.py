"""Every verdict, from a registry that gives it: what was found, the sentence, how far the steps came."""

import socket
from dataclasses import dataclass
from typing import get_args

import pytest

from bahriya_tui.model.check import CheckResult, Login, StepName, Verdict, sentence
from bahriya_tui.oci.probe import check
from tests.oci.real_registry import NEEDED
from tests.oci.token_server import Mode
from tests.oci.world import Kind, World

API, WEB, OTHER, NGINX = "team/api:v1", "team/web:v1", "other/app:v1", "library/nginx:v1"
WRONG = "login rejected: user name or password is wrong, or has expired; enter it anew"
IGNORED = (
    "login rejected: its token server ignored the login and gave an anonymous token:"
    " user name or password is wrong"
)
NONE = "@/team/api:v9 was not found: no such repository or tag: push it, or correct the name"
HIDDEN = "was not found: no such repository or tag, or the token lacks read access for team/api"
LACKS = "the token lacks read access for other/app: give it that right, or correct the name"
OPEN = "no login needed: the registry asks nobody for one"
PUBLIC = "can be pulled, but it is public and proves nothing"
POST_REFUSALS: tuple[Mode, ...] = ("post400", "post401", "post404", "post405")
ENDS: list[StepName] = ["dns", "tcp", "tls", "challenge", "login", "image"]


@dataclass(frozen=True)
class Case:
    """What is asked, and what must be said; `@` stands for the registry's address."""

    images: tuple[str, ...]
    login: Login
    verdicts: tuple[Verdict, ...]
    said: str
    ends: StepName
    """The last step."""
    right: bool = True
    kind: Kind = "token"
    mode: Mode = "strict"
    can_push: bool | None = None
    attempts: int | None = None
    """How often the token server was sent the login."""


REAL = {
    "private image": Case(
        (API,), "accepted", ("ok",), f"login accepted; @/{API} can be pulled", "image", can_push=False
    ),
    "private image, and may push": Case(
        (WEB,), "accepted", ("ok",), f"login accepted; @/{WEB} can be pulled", "image", can_push=True
    ),
    "no image": Case((), "accepted", (), "login accepted", "login", attempts=1),
    "public image": Case(
        (NGINX,),
        "accepted",
        ("public",),
        f"login accepted; @/{NGINX} {PUBLIC}",
        "image",
    ),
    "no right": Case(
        (API, OTHER),
        "accepted",
        ("ok", "denied"),
        f"login works, but {LACKS} (and 1 more checked)",
        "image",
        can_push=False,
    ),
    "no such tag": Case(
        ("team/api:v9",),
        "accepted",
        ("not found",),
        f"login works, but {NONE}",
        "image",
    ),
    "wrong login": Case((API,), "rejected", ("denied",), WRONG, "login", right=False, attempts=1),
    "wrong login, public image": Case(
        (API, NGINX),
        "rejected",
        ("denied", "denied"),
        f"{WRONG}; it breaks public pulls too: @/{NGINX}",
        "login",
        right=False,
        attempts=1,
    ),
    "wrong login, 403": Case(
        (API,), "rejected", ("denied",), WRONG, "login", right=False, mode="denied403", attempts=1
    ),
    "no right, 403": Case(
        (OTHER,),
        "accepted",
        ("denied",),
        f"login works, but {LACKS}",
        "image",
        mode="denied403",
    ),
    "wrong login, lenient": Case(
        (API, NGINX),
        "rejected",
        ("denied", "public"),
        IGNORED,
        "login",
        right=False,
        mode="lenient",
        attempts=1,
    ),
    "lenient": Case(
        (API,),
        "accepted",
        ("ok",),
        f"login accepted; @/{API} can be pulled",
        "image",
        mode="lenient",
        can_push=False,
    ),
    "rate limit": Case(
        (API,),
        "not proven",
        ("not proven",),
        "login not proven: its token server: it limits requests (429); leave it alone for 37 seconds",
        "login",
        mode="limited",
        attempts=1,
    ),
    "token server redirects": Case(
        (API,),
        "not proven",
        ("not proven",),
        "login not proven: its token server: it redirects elsewhere (307), and a password is never sent after"
        " a redirect",
        "login",
        mode="moved",
        attempts=1,
    ),
    "token server in trouble": Case(
        (API,),
        "not proven",
        ("not proven",),
        "login not proven: its token server: it is in trouble itself (500); try again later",
        "login",
        mode="broken",
        attempts=1,
    ),
    "password file": Case(
        (API,), "accepted", ("ok",), f"login accepted; @/{API} can be pulled", "image", kind="htpasswd"
    ),
    "password file, no such tag": Case(
        ("team/api:v9",),
        "accepted",
        ("not found",),
        f"login works, but @/team/api:v9 {HIDDEN}",
        "image",
        kind="htpasswd",
    ),
    "password file, wrong login": Case(
        (API,), "rejected", ("denied",), WRONG, "login", right=False, kind="htpasswd"
    ),
    "open": Case(
        (API,),
        "not needed",
        ("public",),
        f"{OPEN}; @/{API} {PUBLIC}",
        "image",
        kind="open",
    ),
    "open, no such tag": Case(
        ("team/api:v9",),
        "not needed",
        ("not found",),
        f"{OPEN}; {NONE}",
        "image",
        kind="open",
    ),
    "TLS": Case((API,), "accepted", ("ok",), f"login accepted; @/{API} can be pulled", "image", kind="tls"),
    "TLS, ends soon": Case(
        (API,),
        "accepted",
        ("ok",),
        f"login accepted; @/{API} can be pulled; its TLS certificate ends in 8 days",
        "image",
        kind="ends soon",
    ),
    "TLS, expired": Case(
        (API,),
        "not proven",
        ("not proven",),
        "login not proven: its TLS certificate has expired",
        "tls",
        kind="expired",
    ),
    "TLS, wrong name": Case(
        (API,),
        "not proven",
        ("not proven",),
        "login not proven: its TLS certificate is for another address",
        "tls",
        kind="wrong name",
    ),
} | {
    f"POST refused with {status[4:]}": Case(
        (API,),
        "accepted",
        ("ok",),
        f"login accepted; @/{API} can be pulled",
        "image",
        mode=status,
        can_push=False,
    )
    for status in POST_REFUSALS
}


@NEEDED
@pytest.mark.parametrize("case", REAL.values(), ids=REAL)
def test_a_real_registry_gives_the_verdict(case: Case, world: World) -> None:
    login = f"op:{world.password if case.right else 'wrong'}"
    result = world.check(case.kind, login, *case.images, mode=case.mode)
    sent = [one for one in world.tokens.attempts if one[1]]
    assert (result.login, tuple(image.verdict for image in result.images)) == (case.login, case.verdicts)
    assert sentence(result) == case.said.replace("@", world.address(case.kind))
    assert result.can_push is case.can_push
    assert case.attempts is None or len(sent) == case.attempts
    assert_steps(result, case.ends)
    assert world.password not in repr(result)


def assert_steps(result: CheckResult, ends: StepName) -> None:
    """They come in order, up to the one that failed, and each says something; only images fail and go on."""
    names = [step.name for step in result.steps]
    assert names == sorted(names, key=ENDS.index)
    assert names[-1] == ends
    assert [step.name for step in result.steps[:-1] if not step.good and step.name != "image"] == []
    assert all(step.detail and step.ms >= 0 for step in result.steps)
    assert result.origin == socket.gethostname()
    if result.login != "rejected" and ends == "image":
        assert names.count("image") == len(result.images)


@NEEDED
def test_the_steps_say_what_was_found(world: World) -> None:
    plain = world.check("token", f"op:{world.password}", API, OTHER)
    address, host = world.address("token"), world.address("tls")
    said = {step.name: step.detail for step in plain.steps}
    assert said["dns"] == "127.0.0.1"
    assert said["tcp"] == address
    assert said["challenge"].startswith("Bearer, tokens from 127.0.0.1:")
    assert said["login"] == "accepted"
    assert [(step.good, step.detail.partition(": ")[0]) for step in plain.steps if step.name == "image"] == [
        (True, f"{address}/{API}"),
        (False, f"{address}/{OTHER}"),
    ]
    secured = world.check("tls", f"op:{world.password}", API)
    said = {step.name: step.detail for step in secured.steps}
    folder = world.authority.ca_file.split("/")[-2]
    assert said["tcp"] == host
    assert said["tls"] == f"TLS 1.3, certificate of CA of {folder}, 89 days left"
    assert secured.certificate_days == 89
    assert plain.certificate_days is None


@NEEDED
def test_a_ca_that_was_not_given_and_a_port_that_speaks_otherwise_are_told(world: World) -> None:
    def said(kind: Kind, ca_file: str | None) -> str:
        return sentence(check(world.address(kind), "op", world.password.encode(), [], ca_file=ca_file))

    other = world.tokens.bundle
    assert said("tls", str(other)) == (
        "login not proven: its TLS certificate is from an unknown CA; give it with --ca-file"
    )
    assert said("tls", None) == "login not proven: it speaks TLS on that port; plain HTTP does not work"
    assert said("htpasswd", world.authority.ca_file) == (
        "login not proven: it does not speak TLS on that port; plain HTTP needs --plain-http"
    )


def test_every_verdict_is_among_them() -> None:
    cases = REAL.values()
    assert {case.login for case in cases} == set(get_args(Login))
    assert {verdict for case in cases for verdict in case.verdicts} == set(get_args(Verdict))
