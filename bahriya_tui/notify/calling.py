"""Runs hooks: with what happened as JSON on standard input, and nothing of it on a command line."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

from bahriya_tui.notify.hooks import Hook
from bahriya_tui.sharing import OWNER_ALONE
from bahriya_tui.turns import unbound

SECONDS = 30.0
"""For one command; then it is killed."""


def call(hooks: Iterable[Hook], what: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Run those for the occasion `what["event"]`, one after another; give a sentence for each that failed."""
    wanted = [hook for hook in hooks if what["event"] in hook.on]
    return [why for hook in wanted if (why := _run(hook, what, environment))]


def _run(hook: Hook, what: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    name = hook.command[0]
    try:
        with unbound():
            done = subprocess.run(
                hook.command,
                input=json.dumps(what).encode() + b"\n",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
                cwd="/",
                umask=OWNER_ALONE,
                timeout=SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return f"hook {name} did not end within {SECONDS:g} s and was killed"
    except OSError as error:
        return f"hook {name} cannot be run ({error.strerror})"
    return f"hook {name} ended with {done.returncode}" if done.returncode else ""
