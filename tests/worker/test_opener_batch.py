"""Regions that are ready together share one opener, and nobody waits for a region that is not."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bahriya_tui.model.errors import BahriyaError, Failed, Locked
from bahriya_tui.worker import opener_batch
from bahriya_tui.worker.opener_batch import OpenerBatch


class Openers:
    """Stands where openers are started: remembers who came together, and answers as told."""

    def __init__(self, silent: frozenset[str] = frozenset(), error: Exception | None = None) -> None:
        self.batches: list[list[str]] = []
        self.patience: list[float] = []
        self._silent, self._error = silent, error
        self.release = threading.Event()
        self.release.set()

    def __call__(
        self, targets: list[dict[str, Any]], seconds: float, take: Callable[[dict[str, Any]], None]
    ) -> None:
        self.batches.append(sorted(target["region"] for target in targets))
        self.patience.append(seconds)
        if self._error is not None:
            raise self._error
        for target in targets:
            if target["region"] not in self._silent:
                take({"region": target["region"], "result": "applied", "uid": "u"})
        self.release.wait(120)


def join_all(batch: OpenerBatch, regions: list[str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}

    def join(region: str) -> None:
        try:
            answers[region] = batch.join({"region": region})
        except BahriyaError as error:
            answers[region] = error

    threads = [threading.Thread(target=join, args=(region,)) for region in regions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def test_the_regions_of_a_wave_share_one_opener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener_batch, "GATHER_SECONDS", 60.0)
    monkeypatch.setattr(opener_batch, "LONGEST_GATHER_SECONDS", 60.0)
    openers = Openers()
    answers = join_all(OpenerBatch(3, openers), ["a", "b", "c"])
    assert openers.batches == [["a", "b", "c"]]
    assert {answer["result"] for answer in answers.values()} == {"applied"}


def test_a_region_that_left_is_not_waited_for() -> None:
    openers = Openers()
    batch = OpenerBatch(3, openers)
    batch.leave("c")
    batch.leave("c")
    join_all(batch, ["a", "b"])
    assert openers.batches == [["a", "b"]]


def test_a_region_that_comes_late_gets_an_opener_of_its_own_and_more_time() -> None:
    openers = Openers()
    batch = OpenerBatch(2, openers)
    join_all(batch, ["a"])
    join_all(batch, ["b"])
    assert openers.batches == [["a"], ["b"]]
    assert openers.patience[1] > openers.patience[0]


def test_a_region_that_answered_goes_on_while_its_opener_still_waits_for_another() -> None:
    openers = Openers(silent=frozenset({"b"}))
    openers.release.clear()
    batch = OpenerBatch(2, openers)
    other: dict[str, Any] = {}
    slow = threading.Thread(target=lambda: other.update(batch.join({"region": "b"})))
    slow.start()
    assert batch.join({"region": "a"})["result"] == "applied"
    assert slow.is_alive()
    openers.release.set()
    slow.join(120)
    assert other["result"] == "late"


@pytest.mark.parametrize("error", [Locked("the vault is locked", "unlock it"), Failed("it broke")])
def test_an_opener_that_fails_fails_its_regions_in_its_own_words(error: BahriyaError) -> None:
    answers = join_all(OpenerBatch(2, Openers(error=error)), ["a", "b"])
    assert answers == {"a": error, "b": error}


def test_what_an_unforeseen_error_says_is_not_repeated() -> None:
    answers = join_all(OpenerBatch(1, Openers(error=ValueError("hunter2"))), ["a"])
    assert isinstance(answers["a"], Failed)
    assert "hunter2" not in str(answers["a"])


def test_regions_that_come_late_together_share_an_opener_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener_batch, "_GATHER_LATE_SECONDS", 2.0)
    openers = Openers()
    batch = OpenerBatch(1, openers)
    join_all(batch, ["a"])
    join_all(batch, ["b", "c", "d"])
    assert openers.batches == [["a"], ["b", "c", "d"]]
