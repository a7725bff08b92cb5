"""What holds pods up, in words for operators: how many, why, and what to do; pure functions."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.cluster.pods import Ending, Trouble
from bahriya_tui.cluster.scheduling import why_no_node

_LAST_WORDS = 160
"""Characters of a container's last words, or of a long message, that a line has room for."""
_LOG = "its log there says more (kubectl logs --previous)"


@dataclass(frozen=True, slots=True)
class _Words:
    one: str
    many: str
    why: str
    next_step: str
    restarts: int = 0


def hold_ups(seen: Iterable[Trouble]) -> list[str]:
    """Say of pods that cannot start, apart from images, what keeps them: one sentence for each reason."""
    grouped: dict[tuple[str, str, str], list[_Words]] = {}
    pods: dict[tuple[str, str, str], set[str]] = {}
    for trouble in seen:
        words = _words(trouble)
        whose = f"init job {trouble.container}: " if trouble.init else ""
        key = whose, words.one, words.why
        grouped.setdefault(key, []).append(words)
        pods.setdefault(key, set()).add(trouble.pod)
    return [_sentence(key[0], len(pods[key]), same) for key, same in grouped.items()]


def _sentence(whose: str, count: int, same: list[_Words]) -> str:
    first = same[0]
    what = f"1 pod {first.one}" if count == 1 else f"{count} pods {first.many}"
    times = max(words.restarts for words in same)
    restarts = "" if not times else f", {times} restart{'' if times == 1 else 's'}"
    why = f": {first.why}" if first.why else ""
    return f"{whose}{what}{why}{restarts}; {first.next_step}"


def _words(trouble: Trouble) -> _Words:
    if trouble.ending is not None:
        return _ended(trouble.ending)
    why = _short(trouble.cause)
    match trouble.reason:
        case "Unschedulable":
            reasons, step = why_no_node(trouble.message)
            return _Words("waits for a node", "wait for a node", _short(reasons), step)
        case "SchedulingGated":
            return _Words("is held back", "are held back", "a scheduling gate", "open the gate there")
        case "TurnedAway":
            return _Words("was turned away", "were turned away", why, "have its node looked at")
        case "CreateContainerConfigError":
            step = "put it there, or take out of the workload what names it"
            return _Words("lacks configuration", "lack configuration", why, step)
        case "CreateContainerError" | "RunContainerError":
            return _Words(
                "cannot be started",
                "cannot be started",
                _short(_start_error(trouble.cause)),
                "check image and command",
            )
        case "CrashLoopBackOff":
            return _Words("keeps crashing", "keep crashing", why, _LOG)
        case "FailedMount" | "FailedAttachVolume":
            return _Words("waits for a volume", "wait for a volume", why, "see to the volume there")
        case "FailedCreatePodSandBox":
            return _Words("gets no sandbox", "get no sandbox", why, "have its node and network looked at")
        case "Unhealthy":
            return _Words("is not ready", "are not ready", why, "its log there says more (kubectl logs)")
        case _:
            return _Words("waits", "wait", f"{trouble.reason}: {why}".strip(": "), "look at its pods there")


def _ended(ending: Ending) -> _Words:
    if ending.reason == "OOMKilled":
        step = "raise its memory limit there, or have it use less"
        why = f"OOMKilled, {_exit_code(ending.exit_code)}"
        return _Words("ran out of memory", "ran out of memory", why, step, ending.restarts)
    if ending.reason in ("StartError", "ContainerCannotRun"):
        words = _short(_start_error(ending.message))
        return _Words(
            "cannot be started", "cannot be started", words, "check image and command", ending.restarts
        )
    if ending.exit_code == 0:
        step = "a container has to keep running; what is to end is a cronjob, or an init job"
        return _Words("ends by itself", "end by themselves", "exit code 0", step, ending.restarts)
    last = f", last words: {_short(ending.message)}" if ending.message else ""
    why = f"{_exit_code(ending.exit_code)}{last}"
    return _Words("keeps crashing", "keep crashing", why, _LOG, ending.restarts)


def _exit_code(code: int) -> str:
    """Name the signal too, where that is what a shell or the kubelet means by the code."""
    try:
        return f"exit code {code} ({signal.Signals(code - 128).name})"
    except ValueError:
        return f"exit code {code}"


def _start_error(said: str) -> str:
    """Leave out the runtime's layers in front of what could not be started."""
    return said.rpartition("unable to start container process: ")[2].removesuffix(": unknown")


def _short(text: str) -> str:
    return text if len(text) <= _LAST_WORDS else f"{text[: _LAST_WORDS - 1]}…"
