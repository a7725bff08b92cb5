"""What a pull secret remembers of the audit log is read back, and nothing else of it."""

from typing import Any

import pytest

from bahriya_tui.cluster.pull_secret import read_witness
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.audit import Head
from bahriya_tui.model.manifests.pull_secret import witness
from tests.cluster.scripted import Scripted, says

HEAD = Head(7, "ab" * 32)


def read(scripted: Scripted, status: int, body: Any) -> Head | None:
    scripted.script = [says(status, body)]
    transport = Transport(scripted.endpoint)
    try:
        return read_witness(transport, "shop", "bahriya-team-v1")
    finally:
        transport.close()


def test_a_head_comes_back_and_only_metadata_is_asked_for(scripted: Scripted) -> None:
    assert read(scripted, 200, {"metadata": {"annotations": witness(HEAD)}}) == HEAD
    assert scripted.asked == ["GET /api/v1/namespaces/bahriya-shop/secrets/bahriya-team-v1"]
    (sent,) = scripted.headers
    assert sent["Accept"] == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"kind": "Status", "metadata": {}}),
        (403, {"kind": "Status", "metadata": {"annotations": witness(HEAD)}}),
        (200, {}),
        (200, {"metadata": []}),
        (200, {"metadata": {"annotations": None}}),
        (200, {"metadata": {"annotations": ["bahriya.cloud/audit-head"]}}),
        (200, {"metadata": {"annotations": {"bahriya.cloud/audit-head": 7}}}),
        (200, {"metadata": {"annotations": {"bahriya.cloud/audit-head": "7"}}}),
    ],
)
def test_what_holds_no_head_gives_none(scripted: Scripted, status: int, body: Any) -> None:
    assert read(scripted, status, body) is None
