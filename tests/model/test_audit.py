"""The chain of the audit log: whatever is done to it shows."""

from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.audit import (
    ACTIONS,
    EMPTY,
    GENESIS,
    Anchor,
    Entry,
    Finding,
    Head,
    Outcome,
    digest,
    read_head,
    sentence,
    verify,
)

FIELDS = sorted({field.name for field in fields(Entry)} - {"seq", "hash"})
names = st.text(max_size=6)


@st.composite
def logs(draw: st.DrawFn, least: int = 1) -> list[Entry]:
    """A log as it was written."""
    log: list[Entry] = []
    before = EMPTY
    for seq in range(1, draw(st.integers(least, 9)) + 1):
        entry = Entry(
            seq,
            draw(names),
            draw(names),
            draw(names),
            draw(names),
            draw(st.sampled_from(sorted(ACTIONS))),
            draw(st.none() | names),
            draw(st.none() | names),
            draw(st.none() | names),
            draw(names),
            draw(st.none() | st.integers(1, 9)),
            draw(names),
            draw(st.sampled_from(get_args(Outcome))),
            "",
        )
        entry = replace(entry, hash=digest(before.hash, entry))
        before = Head(seq, entry.hash)
        log.append(entry)
    return log


def chain(number: int) -> list[Entry]:
    """A log of `number` entries that differ in nothing but their place."""
    log: list[Entry] = []
    before = GENESIS
    for seq in range(1, number + 1):
        entry = Entry(
            seq, "t", "ops", "", "", "registry.rotated", "shop", "r", None, "", None, "1", "done", ""
        )
        log.append(replace(entry, hash=digest(before, entry)))
        before = log[-1].hash
    return log


def anchor(entry: Entry) -> Anchor:
    return Anchor("helsinki-1", "shop", "bahriya-r-v1", entry.seq, entry.hash, "t")


def found(log: list[Entry], *anchors: Anchor) -> list[tuple[str, int, int]]:
    return [(one.kind, one.seq, one.last) for one in verify(log, anchors)]


@given(logs(), st.data())
def test_a_log_as_it_was_written_has_no_findings(log: list[Entry], data: st.DataObject) -> None:
    seen = data.draw(st.lists(st.sampled_from(log)))
    assert verify(log, [anchor(entry) for entry in seen]) == ()


@given(logs(), st.data(), st.sampled_from(FIELDS))
def test_any_edited_field_is_found_at_its_entry(log: list[Entry], data: st.DataObject, field: str) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    old = getattr(log[at], field)
    edits: st.SearchStrategy[Any] = st.none() | st.text(max_size=3) | st.integers(0, 12)
    change: dict[str, Any] = {field: data.draw(edits.filter(lambda new: new != old))}
    log[at] = replace(log[at], **change)
    assert found(log) == [("edited", log[at].seq, log[at].seq)]


@given(logs(), st.data())
def test_an_edited_hash_is_found_at_its_entry(log: list[Entry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    log[at] = replace(log[at], hash=data.draw(st.text("0123456789abcdef", min_size=64, max_size=64)))
    assert found(log) == [("edited", log[at].seq, log[at].seq)]


@given(logs(least=2), st.data())
def test_an_edited_entry_whose_hash_was_made_to_fit_is_found_at_the_next(
    log: list[Entry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(log) - 2))
    edited = replace(log[at], user=log[at].user + "x")
    log[at] = replace(edited, hash=digest(log[at - 1].hash if at else GENESIS, edited))
    assert found(log) == [("edited", at + 2, at + 2)]


@given(logs(least=2), st.data())
def test_removed_entries_are_found_by_their_numbers(log: list[Entry], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(log) - 2))
    end = data.draw(st.integers(first + 1, len(log) - 1))
    gone = log[first:end]
    del log[first:end]
    assert found(log) == [("removed", gone[0].seq, gone[-1].seq)]


@given(logs(least=2), st.data())
def test_removed_entries_are_found_also_when_the_rest_closes_ranks(
    log: list[Entry], data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(log) - 2))
    del log[gone]
    log[gone:] = [replace(entry, seq=entry.seq - 1) for entry in log[gone:]]
    findings = found(log)
    assert findings[0][1] == gone + 1
    assert {kind for kind, _, _ in findings} <= {"edited", "reordered"}


@given(logs(least=2), st.data())
def test_entries_that_changed_places_are_both_found(log: list[Entry], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, len(log) - 1), min_size=2, max_size=2, unique=True))
    log[one], log[other] = replace(log[other], seq=one + 1), replace(log[one], seq=other + 1)
    findings = found(log)
    assert {kind for kind, _, _ in findings} == {"reordered"}
    places = {place for _, first, last in findings for place in range(first, last + 1)}
    assert places == {one + 1, other + 1}


@given(logs(), st.data())
def test_a_tail_that_was_cut_off_is_found_when_a_region_has_seen_it(
    log: list[Entry], data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(log) - 1))
    seen = data.draw(st.sampled_from(log[kept:]))
    assert found(log[:kept], anchor(seen)) == [("truncated", kept + 1, seen.seq)]
    assert found(log[:kept]) == []


@given(logs(), st.data())
def test_a_log_that_was_written_anew_is_found_when_a_region_has_seen_the_old_one(
    log: list[Entry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    seen = data.draw(st.sampled_from(log[at:]))
    before = log[at - 1].hash if at else GENESIS
    for place in range(at, len(log)):
        entry = replace(log[place], user=log[place].user + "x")
        log[place] = replace(entry, hash=digest(before, entry))
        before = log[place].hash
    assert found(log) == []
    assert found(log, anchor(seen)) == [("rewritten", seen.seq, seen.seq)]


def test_many_broken_entries_are_one_finding_and_quickly_told() -> None:
    log = chain(2_000)
    log[500:] = [replace(entry, user="somebody") for entry in log[500:]]
    assert found(log) == [("edited", 501, 2_000)]


def test_several_regions_are_each_named() -> None:
    log = chain(4)
    regions = ("falkenstein-1", "helsinki-1")
    seen = [replace(anchor(log[3]), region=region) for region in regions]
    assert [one.region for one in verify(log[:2], seen)] == list(regions)


def test_what_is_neither_text_nor_number_is_an_edit_and_no_crash() -> None:
    log = chain(3)
    log[1] = replace(log[1], user=b"ops")  # type: ignore[arg-type]
    assert found(log) == [("edited", 2, 2)]


def test_the_hash_of_an_entry_is_what_it_was_in_the_first_release() -> None:
    assert chain(1)[0].hash == "84a4f09f27c7b6fe435267942f3ed8a5de95dc48bbb812d7ed862397b24d4f50"


@pytest.mark.parametrize("head", [EMPTY, Head(7, "ab" * 32), Head(10**17, "0" * 64)])
def test_a_head_comes_back_from_its_annotation(head: Head) -> None:
    assert read_head(str(head)) == head


@pytest.mark.parametrize(
    "text", [None, 7, "", ":", "7", f"-1:{'a' * 64}", f"07:{'a' * 64}", f"7:{'A' * 64}", f"7:{'a' * 64}\n"]
)
def test_an_annotation_that_is_no_head_is_none(text: object) -> None:
    assert read_head(text) is None


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("removed", 3, 3), "entry 3 was removed"),
        (Finding("removed", 3, 5), "entries 3 to 5 were removed"),
        (
            Finding("truncated", 8, 9, "helsinki-1"),
            "entries 8 to 9 were cut off: region helsinki-1 has seen entry 9",
        ),
    ],
)
def test_a_finding_is_said_in_a_sentence(finding: Finding, words: str) -> None:
    assert sentence(finding) == words
