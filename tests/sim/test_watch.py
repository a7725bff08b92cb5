"""Watches: resuming, selectors, bookmarks, and a history that ends."""

import asyncio

from bahriya_tui.sim.objects import HISTORY
from bahriya_tui.sim.region import Region
from tests.sim.client import METADATA, Client, Json, pull_secret

SECRETS = "/api/v1/namespaces/default/secrets"


async def make(client: Client, name: str, **labels: str) -> Json:
    return await client.make(SECRETS, {"metadata": {"name": name, "labels": labels}})


def told(events: list[Json]) -> list[tuple[str, str]]:
    return [(event["type"], event["object"]["metadata"].get("name", "")) for event in events]


async def test_a_watch_goes_on_from_the_version_of_an_apply_without_gap_or_repetition(client: Client) -> None:
    await make(client, "before")
    answer = await client.apply(f"{SECRETS}/mine", pull_secret("mine", "a", "b", "c"))
    await make(client, "missed")
    version = answer.body["metadata"]["resourceVersion"]
    async with client.watch(SECRETS, resourceVersion=version) as stream:
        assert told([await stream.next()]) == [("ADDED", "missed")]
        await client.patch(f"{SECRETS}/mine", {"metadata": {"labels": {"a": "b"}}})
        await client.ask("DELETE", f"{SECRETS}/missed")
        assert told([await stream.next(), await stream.next()]) == [
            ("MODIFIED", "mine"),
            ("DELETED", "missed"),
        ]


async def test_a_watch_without_a_version_begins_with_what_is_there(client: Client) -> None:
    await make(client, "one")
    async with client.watch(SECRETS, timeoutSeconds="0.1") as stream:
        assert told(await stream.rest()) == [("ADDED", "one")]


async def test_an_object_enters_and_leaves_a_watch_with_its_labels(client: Client, region: Region) -> None:
    await make(client, "one", team="a")
    version = str(region.objects.version)
    async with client.watch(SECRETS, labelSelector="team=b", resourceVersion=version) as stream:
        for team in ("b", "b2", "b"):
            await client.patch(f"{SECRETS}/one", {"metadata": {"labels": {"team": team}}})
        await client.patch(f"{SECRETS}/one", {"metadata": {"annotations": {"x": "y"}}})
        seen = [await stream.next() for _ in range(4)]
    assert [event["type"] for event in seen] == ["ADDED", "DELETED", "ADDED", "MODIFIED"]


async def test_a_watch_sees_only_its_namespace_and_kind(client: Client, region: Region) -> None:
    await client.make("/api/v1/namespaces", {"metadata": {"name": "other"}})
    version = str(region.objects.version)
    async with client.watch(SECRETS, resourceVersion=version) as stream:
        await client.make("/api/v1/namespaces/other/secrets", {"metadata": {"name": "theirs"}})
        await client.make("/api/v1/namespaces/default/services", {"metadata": {"name": "web"}})
        await make(client, "mine")
        assert told([await stream.next()]) == [("ADDED", "mine")]


async def test_initial_events_end_with_a_bookmark_that_says_so(client: Client) -> None:
    await make(client, "one")
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    async with client.watch(SECRETS, **query) as stream:
        first, mark = await stream.next(), await stream.next()
    assert told([first]) == [("ADDED", "one")]
    assert mark["type"] == "BOOKMARK"
    assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert mark["object"]["kind"] == "Secret"


async def test_a_watch_ends_at_its_timeout_with_a_bookmark_to_go_on_from(
    client: Client, region: Region
) -> None:
    await make(client, "one")
    version = str(region.objects.version)
    query = {"resourceVersion": version, "timeoutSeconds": "0.1", "allowWatchBookmarks": "true"}
    async with client.watch(SECRETS, **query) as stream:
        events = await stream.rest()
    assert [event["type"] for event in events] == ["BOOKMARK"]
    assert events[0]["object"]["metadata"]["resourceVersion"] == version


async def test_a_version_whose_history_is_forgotten_is_gone(client: Client, region: Region) -> None:
    made = await make(client, "one")
    await make(client, "two")
    region.objects.forget_history()
    async with client.watch(SECRETS, resourceVersion=made["metadata"]["resourceVersion"]) as stream:
        events = await stream.rest()
    assert [event["type"] for event in events] == ["ERROR"]
    assert (events[0]["object"]["code"], events[0]["object"]["reason"]) == (410, "Expired")
    assert events[0]["object"]["message"].startswith("too old resource version: ")
    fresh = (await client.get(SECRETS))["metadata"]["resourceVersion"]
    async with client.watch(SECRETS, resourceVersion=fresh, timeoutSeconds="0.1") as stream:
        assert await stream.rest() == []


async def test_history_is_bounded(region: Region) -> None:
    first = region.objects.version
    secret = {"metadata": {"name": "one", "namespace": "default", "uid": "u"}}
    for _ in range(HISTORY + 5):
        region.objects.put("secrets", secret)
    assert len(region.objects.since(region.objects.version - HISTORY)) == HISTORY
    assert first < region.objects.version - HISTORY


async def test_a_metadata_only_watch_never_shows_data(client: Client, canary: str) -> None:
    await client.apply(f"{SECRETS}/p", pull_secret("p", "ghcr.io", "op", canary))
    answer = await client.ask("GET", f"{SECRETS}?watch=true&timeoutSeconds=0.1", headers={"Accept": METADATA})
    assert '"kind":"PartialObjectMetadata"' in answer.text
    assert '"data"' not in answer.text


async def test_a_watch_that_its_client_left_listens_no_more(client: Client, region: Region) -> None:
    before = len(region.objects.listeners)
    async with client.watch(SECRETS) as stream:
        await make(client, "one")
        await stream.next()
        assert len(region.objects.listeners) == before + 1
    async with asyncio.timeout(120):
        while len(region.objects.listeners) > before:
            await asyncio.sleep(0)
