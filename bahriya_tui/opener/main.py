"""The opener from its first to its last moment; there is no way out of `main` but `os._exit`.

Order matters: load and connect, lock in, only then open. From the lock on, the plaintext can go nowhere but
into connections that were verified before it existed. Exit is the discard.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bahriya_tui.custody.holding import open_private
from bahriya_tui.direct.connect import Connected, connect_all
from bahriya_tui.isolation.lockdown import lock_in
from bahriya_tui.model.ecr import NotMinted, mints
from bahriya_tui.model.errors import BahriyaError, Failed, told_by
from bahriya_tui.opener.protocol import Answer, Request, Reseal, read
from bahriya_tui.opener.reseal import reseal
from bahriya_tui.opener.send import docker_config, send
from bahriya_tui.opener.words import Spoken
from bahriya_tui.throwaway import say
from bahriya_tui.turns import begin, take_turns_here
from bahriya_tui.vault.open import load, open_sealed, prove
from bahriya_tui.vault.record import RecordUnreadable

if TYPE_CHECKING:
    from bahriya_tui.opener.minting import Mint

_REFUSED = 403
"""Status of a `not minted` answer where AWS refused the key; 0 where it could not be asked, or not now."""
_REPORT = "see the worker's log"


def main() -> NoReturn:
    """Answer the request on standard input and end the process, whatever happens."""
    # What an exception holds may be the credential: only its name is told, never its text or its locals.
    threading.excepthook = _silent
    sys.excepthook = sys.unraisablehook = _silent
    take_turns_here()
    try:
        request = read(sys.stdin.buffer.read())
        prove()
        key_descriptor = open_private(Path(request.key_path))
        if isinstance(request, Reseal):
            lock_in()
            reseal(request, load(key_descriptor, request.key_path))
        elif request.mode == "check":
            _check(request, key_descriptor)
        else:
            _apply(request, key_descriptor)
    except BahriyaError as error:
        told = error
    except BaseException as error:
        told = Failed(f"the opener failed: {type(error).__name__}", _REPORT)
    else:
        os._exit(0)
    why = told.why if isinstance(told, RecordUnreadable) else ""
    say({"result": "failed", "why": why, **told_by(told)})
    os._exit(1)


def _apply(request: Request, key_descriptor: int) -> None:
    mint = _mint_of(request)
    ready: list[Connected] = []
    for outcome in connect_all(request.targets, request.connect_timeout):
        if isinstance(outcome, Connected):
            ready.append(outcome)
        else:
            say(Answer(outcome.region, outcome.result, outcome.message).line())
    trouble = mint.trouble() if mint is not None and ready else None
    level = lock_in()
    if trouble is not None:
        _not_minted(ready, trouble)
    if trouble is not None or not ready:
        say({"result": "closed", "plaintext_ms": 0.0, "level": level})
        return
    opened = time.perf_counter()
    token = _open(request, key_descriptor)
    _send(request, token, ready, mint)
    token[:] = bytes(len(token))
    lived = (time.perf_counter() - opened) * 1000
    say({"result": "closed", "plaintext_ms": round(lived, 3), "level": level})


def _open(request: Request, key_descriptor: int) -> bytearray:
    return open_sealed(request.sealed, request.context, load(key_descriptor, request.key_path))


def _mint_of(request: Request) -> "Mint | None":
    """Begin to connect to who makes the tokens for an IAM key; None for a login that is sent as it is."""
    if not mints(request.context.server, request.context.username):
        return None
    # Loaded here, since few deployments need it and it starts an opener in their way.
    from bahriya_tui.opener.minting import Mint

    return Mint(request)


def _send(request: Request, token: bytearray, ready: list[Connected], mint: "Mint | None") -> None:
    """Send what was opened, or the token made with it, to all that are ready; tell what came of it."""
    expires_at = None
    if mint is not None:
        try:
            minted = mint.mint(token)
        except NotMinted as error:
            _not_minted(ready, error)
            return
        request, token, expires_at = mint.as_minted, minted.token, minted.expires_at
    for answer in _send_all(request, token, ready):
        say(replace(answer, expires_at=expires_at).line())


def _not_minted(ready: list[Connected], why: NotMinted) -> None:
    for to in ready:
        say(Answer(to.target.region, "not minted", why.reason, _REFUSED if why.refused else 0).line())


def _send_all(request: Request, token: bytearray, ready: list[Connected]) -> Iterator[Answer]:
    """Send to all at once and give the answers as they come, until the time for answers is over."""
    username, text = request.context.username, token.decode()
    config = docker_config(request.auth_key, username, text)
    spoken = Spoken(username, text, config)
    until = time.monotonic() + request.answer_timeout
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()

    def run(to: Connected) -> None:
        try:
            answers.put(send(to, config, spoken))
        except Exception:
            answers.put(Answer(to.target.region, "unreachable", "the secret could not be sent"))

    for to in ready:
        begin(run, to)
    waiting = {to.target.region for to in ready}
    while waiting:
        try:
            answer = answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        waiting.discard(answer.region)
        yield answer
    for region in waiting:
        yield Answer(region, "late", f"no answer within {request.answer_timeout:g} s")


def _check(request: Request, key_descriptor: int) -> None:
    """Log in at the registry: the network stays open, as only the registry names its token server."""
    # Loaded here, since a deployment never needs it and starts an opener in its way.
    from bahriya_tui.opener import checking

    mint = _mint_of(request)
    asked = checking.prepare(request if mint is None else mint.as_minted)
    trouble = None if mint is None else mint.trouble()
    level = lock_in(network=True)
    if mint is not None and trouble is not None and not request.known:
        result, lived = mint.unchecked(trouble), 0.0
    else:
        opened = time.perf_counter()
        private = load(key_descriptor, request.key_path)
        token = open_sealed(request.sealed, request.context, private)
        known = checking.known_as(token, request.known, private)
        if known is not None:
            result = checking.repeated(known)
        elif mint is None:
            result = asked(token)
        else:
            result = mint.checked(token, asked) if trouble is None else mint.unchecked(trouble)
        token[:] = bytes(len(token))
        lived = (time.perf_counter() - opened) * 1000
    # The last of it: whoever asked ends this process on hearing the answer.
    say({"result": "checked", **result, "plaintext_ms": round(lived, 3), "level": level})


def _silent(*arguments: object) -> None:
    sys.stderr.write(f"bahriya opener: {arguments[0]!r}\n" if isinstance(arguments[0], type) else "")
