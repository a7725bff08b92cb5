"""A watch that is cut, forgotten or silent goes on where it was, or says that it cannot."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bahriya_tui.cluster import transport as transport_module
from bahriya_tui.cluster import watch as watch_module
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.watch import watching
from bahriya_tui.model.errors import Failed
from tests.cluster.conftest import region_transport
from tests.cluster.embedded import World
from tests.cluster.scripted import Scripted, cuts, freezes, says, streams, text

COLLECTION = "/apis/apps/v1/namespaces/bahriya-shop/deployments"


def line(kind: str, version: int, **more: Any) -> bytes:
    document = {"metadata": {"name": "api", "resourceVersion": str(version)}, **more}
    return json.dumps({"type": kind, "object": document}).encode() + b"\n"


@pytest.fixture
def transport(scripted: Scripted) -> Iterator[Transport]:
    made = Transport(scripted.endpoint, sleep=lambda _: None)
    yield made
    made.close()


def versions(transport: Transport, count: int) -> list[str]:
    with watching(transport, COLLECTION, "a=b", "10") as watch:
        found = [watch.next(120) for _ in range(count)]
    return [change[1]["metadata"]["resourceVersion"] for change in found if change is not None]


def test_a_watch_that_ends_goes_on_from_the_last_version(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [
        streams(line("MODIFIED", 11), line("MODIFIED", 12)),
        streams(line("MODIFIED", 13)),
        streams(),
    ]
    assert versions(transport, 3) == ["11", "12", "13"]
    assert "resourceVersion=10" in scripted.asked[0]
    assert "resourceVersion=12" in scripted.asked[1]
    assert "allowWatchBookmarks=true" in scripted.asked[0]
    assert "labelSelector=a%3Db" in scripted.asked[0]


def test_a_watch_that_is_cut_in_a_line_goes_on_from_the_last_whole_one(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [
        streams(line("MODIFIED", 11), line("MODIFIED", 12)[:20], then_cut=True),
        streams(line("MODIFIED", 12)),
        streams(),
    ]
    assert versions(transport, 2) == ["11", "12"]
    assert "resourceVersion=11" in scripted.asked[1]


def test_a_bookmark_moves_the_version_and_is_not_handed_out(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [streams(line("BOOKMARK", 50)), streams(line("MODIFIED", 51)), streams()]
    assert versions(transport, 1) == ["51"]
    assert "resourceVersion=50" in scripted.asked[1]


GONE = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}


@pytest.mark.parametrize("in_stream", [True, False])
def test_a_version_that_was_forgotten_is_replaced_by_a_fresh_list(
    scripted: Scripted, transport: Transport, in_stream: bool
) -> None:
    gone = streams(json.dumps(GONE).encode() + b"\n") if in_stream else says(410, GONE["object"])
    item = {"metadata": {"name": "api", "resourceVersion": "88"}}
    scripted.script = [
        gone,
        says(200, {"metadata": {"resourceVersion": "90"}, "items": [item]}),
        streams(line("MODIFIED", 91)),
        streams(),
    ]
    assert versions(transport, 2) == ["88", "91"]
    assert "watch" not in scripted.asked[1]
    assert "resourceVersion=90" in scripted.asked[2]


def test_an_object_that_vanished_while_nobody_watched_is_told(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [
        says(410, GONE["object"]),
        says(200, {"metadata": {"resourceVersion": "90"}, "items": []}),
        streams(),
    ]
    with watching(transport, COLLECTION, "a=b", "10") as watch:
        change = watch.next(120)
    assert change is not None
    assert change[0] == "DELETED"


def test_a_line_split_over_several_chunks_is_one_change(scripted: Scripted, transport: Transport) -> None:
    whole = line("MODIFIED", 11, spec={"text": "ü" * 50})
    scripted.script = [streams(whole[:30], whole[30:70], whole[70:]), streams()]
    assert versions(transport, 1) == ["11"]


def test_a_region_that_is_away_for_a_while_is_taken_up_again(
    scripted: Scripted, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = watch_module._WAITS
    assert 15 <= sum(seconds) <= 30
    monkeypatch.setattr(watch_module, "_WAITS", (0.0,) * len(seconds))
    scripted.script = [*[cuts] * len(seconds), streams(line("MODIFIED", 11)), streams()]
    assert versions(transport, 1) == ["11"]


def test_a_region_that_stays_away_ends_the_watch_with_words(
    scripted: Scripted, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "_WAITS", (0.0,) * 3)
    scripted.script = [cuts]
    with watching(transport, COLLECTION, "a=b", "10") as watch, pytest.raises(Unreachable):
        watch.next(120)


def test_a_watch_that_is_asked_to_wait_waits_and_then_goes_on(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [says(429, Retry_After="1"), streams(line("MODIFIED", 11)), streams()]
    assert versions(transport, 1) == ["11"]
    assert "resourceVersion=10" in scripted.asked[1]


def test_a_watch_that_is_asked_to_wait_for_long_is_given_up_at_once(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [says(429, Retry_After="600")]
    with (
        watching(transport, COLLECTION, "a=b", "10") as watch,
        pytest.raises(Unreachable, match="refused with 429"),
    ):
        watch.next(120)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("status", "words"), [(403, "not permitted there"), (401, "refused the kubeconfig's credentials")]
)
def test_a_watch_that_is_refused_again_and_again_fails_with_the_reason(
    scripted: Scripted, transport: Transport, status: int, words: str
) -> None:
    scripted.script = [says(status, {"message": "no"})]
    with watching(transport, COLLECTION, "a=b", "10") as watch, pytest.raises(Failed, match=words):
        watch.next(120)
    assert len(scripted.asked) == 1 + watch_module._REFUSALS


def test_a_watch_tells_when_it_began_to_be_served(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [cuts, streams(line("MODIFIED", 11)), streams()]
    with watching(transport, COLLECTION, "a=b", "10") as watch:
        assert watch.next(0.05) is None
        assert watch.opened_at is None
        assert watch.next(120) is not None
        assert watch.opened_at is not None
        assert watch.opening_seconds > 0


def test_a_silent_watch_gives_nothing(world: World) -> None:
    region = next(iter(world.regions.values()))
    quiet = region_transport(world, region.name)
    with watching(quiet, COLLECTION, "a=b", str(region.objects.version)) as watch:
        assert watch.next(0.5) is None
        assert region.requests[-1].startswith(f"GET {COLLECTION}?")
    quiet.close()


def test_a_watch_that_its_region_should_have_ended_long_ago_is_opened_anew(
    scripted: Scripted, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "WATCH_SECONDS", 0.1)
    scripted.script = [freezes, streams(line("MODIFIED", 11)), streams()]
    with watching(transport, COLLECTION, "a=b", "10") as watch:
        changes = [watch.next(0.2) for _ in range(100)]
    assert [change[1]["metadata"]["resourceVersion"] for change in changes if change][:1] == ["11"]


def test_a_watch_that_is_answered_with_nothing_is_opened_anew(
    scripted: Scripted, transport: Transport
) -> None:
    scripted.script = [text(200, ""), streams(line("MODIFIED", 11)), streams()]
    assert versions(transport, 1) == ["11"]


def test_a_watch_is_closed_with_its_block(scripted: Scripted, transport: Transport) -> None:
    scripted.script = [freezes]
    with watching(transport, COLLECTION, "a=b", "10") as watch:
        assert watch.next(0.1) is None
        assert scripted.left.empty()
    assert scripted.left.get(timeout=120) == scripted.asked[0]
