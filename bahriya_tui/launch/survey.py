"""Has this installation looked at by a process that is not locked in."""

from collections.abc import Iterator
from dataclasses import dataclass

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import run_process
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.model.judgement.isolation import OpenerSeen
from bahriya_tui.model.judgement.keys import KeysSeen, PrivateSeen
from bahriya_tui.model.judgement.machine import SwapSeen
from bahriya_tui.model.judgement.modes import PathSeen
from bahriya_tui.model.judgement.worker import ServiceSeen
from bahriya_tui.places import Places


@dataclass(frozen=True, slots=True)
class Survey:
    """What it saw; None for what could not be measured."""

    opener: OpenerSeen | None = None
    keys: KeysSeen | None = None
    swaps: list[SwapSeen] | None = None
    service: ServiceSeen | None = None
    core_pattern: str | None = None
    ptrace_scope: int | None = None


def survey(places: Places) -> Survey:
    """Look at everything; raises `Failed` when the process could not do it."""
    told = answer_of(places, "survey")
    return Survey(
        opener=OpenerSeen(**told["opener"]) if told["opener"] else None,
        keys=_keys(told["keys"]) if told["keys"] else None,
        swaps=None if told["swaps"] is None else [SwapSeen(**one) for one in told["swaps"]],
        service=ServiceSeen(**told["service"]) if told["service"] else None,
        core_pattern=told["core_pattern"],
        ptrace_scope=told["ptrace_scope"],
    )


def perform_survey(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Start the process that looks. Nothing of what it is to look at comes from the asker."""
    folders = (places.public_keys, places.private_keys, places.store)
    return run_process("bahriya_tui.launch.surveyor", [str(one.absolute()) for one in folders])


def _keys(told: Line) -> KeysSeen:
    private = [PrivateSeen(**one) for one in told.pop("private")]
    folders = [PathSeen(**one) for one in told.pop("folders")]
    return KeysSeen(**told, private=private, folders=folders)
