"""Brings the regions of a wave to one opener a credential: who is ready shares it, late ones get their own.

One opener opens the credential once and sends it to all of its regions; a region that is slow to answer
never holds up the others, because it is not waited for.
"""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from bahriya_tui.model.deployment import Pull
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.run import Halted

Target = dict[str, Any]
Answer = dict[str, Any]
Send = Callable[[list[Target], float, Callable[[Answer], None]], None]
"""Runs one opener for the targets, which have so many seconds to answer; calls back with each answer."""

_SEE_LOG = "deploy again; if it fails again, see the worker's log"
GATHER_SECONDS, LONGEST_GATHER_SECONDS = 0.3, 1.5
"""A batch closes after GATHER_SECONDS without a newcomer, at the latest after LONGEST_GATHER_SECONDS."""
_GATHER_LATE_SECONDS = 0.1
_ANSWER_SECONDS, _ANSWER_LATE_SECONDS = 2.5, 10.0
"""A region that needs longer than the first gets an opener of its own, which waits for the second."""


class OpenerBatches:
    """One batch for each credential that the regions of a wave need, made when the first region asks."""

    def __init__(self, expected: int, sender: Callable[[Pull], Send]) -> None:
        self._expected, self._sender = expected, sender
        self._left: set[str] = set()
        self._batches: dict[Pull, OpenerBatch] = {}
        self._guard = threading.Lock()

    def of(self, pull: Pull) -> "OpenerBatch":
        """Give the batch of one credential."""
        with self._guard:
            if pull not in self._batches:
                self._batches[pull] = OpenerBatch(self._expected, self._sender(pull))
                for region in self._left:
                    self._batches[pull].leave(region)
            return self._batches[pull]

    def leave(self, region: str) -> None:
        """Tell that a region needs no opener any more, whatever the credential."""
        with self._guard:
            self._left.add(region)
            for batch in self._batches.values():
                batch.leave(region)


class OpenerBatch:
    """Collects targets from the threads of a wave, sends them together, and gives each its own answer."""

    def __init__(self, expected: int, send: Send) -> None:
        self._send = send
        self._expected: float = expected
        self._resolved: set[str] = set()
        self._gather_seconds, self._answer_seconds = GATHER_SECONDS, _ANSWER_SECONDS
        self._waiting: list[tuple[Target, Future[Answer]]] = []
        self._changed = threading.Condition()

    def join(self, target: Target) -> Answer:
        """Have the credential sent to `target`; blocks until its region answered or its opener ended."""
        answer: Future[Answer] = Future()
        with self._changed:
            self._waiting.append((target, answer))
            self._resolve(target["region"])
            first = len(self._waiting) == 1
        if first:
            batch, seconds = self._gather()
            threading.Thread(target=self._run, args=(batch, seconds), name="opener", daemon=True).start()
        return answer.result()

    def leave(self, region: str) -> None:
        """Tell that a region needs no opener (any more), so that nobody waits for it."""
        with self._changed:
            self._resolve(region)

    def _resolve(self, region: str) -> None:
        """Count a region; only the last one wakes whoever gathers, who looks for the others by itself."""
        self._resolved.add(region)
        if len(self._resolved) >= self._expected:
            self._changed.notify_all()

    def _gather(self) -> "tuple[list[tuple[Target, Future[Answer]]], float]":
        until = time.monotonic() + LONGEST_GATHER_SECONDS
        with self._changed:
            before = 0
            while len(self._resolved) < self._expected and before < len(self._waiting):
                before = len(self._waiting)
                quiet = min(time.monotonic() + self._gather_seconds, until)
                while (left := quiet - time.monotonic()) > 0 and len(self._resolved) < self._expected:
                    self._changed.wait(left)
            batch, self._waiting = self._waiting, []
            seconds = self._answer_seconds
            # Nobody knows how many come late, so the next batch is closed by silence alone.
            self._expected = math.inf
            self._gather_seconds, self._answer_seconds = _GATHER_LATE_SECONDS, _ANSWER_LATE_SECONDS
        return batch, seconds

    def _run(self, batch: list[tuple[Target, "Future[Answer]"]], seconds: float) -> None:
        open_answers = {target["region"]: answer for target, answer in batch}

        def take(answer: Answer) -> None:
            future = open_answers.pop(answer.get("region"), None)
            if future is not None:
                future.set_result(answer)

        try:
            self._send([target for target, _ in batch], seconds, take)
        except Exception as error:
            known = isinstance(error, BahriyaError | FenceLost | Halted)
            failure = error if known else Failed("the opener failed", _SEE_LOG)
            for future in open_answers.values():
                future.set_exception(failure)
            return
        for region, future in open_answers.items():
            future.set_result({"region": region, "result": "late", "message": "no answer"})
