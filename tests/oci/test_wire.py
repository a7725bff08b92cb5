"""One exchange, as it stands on the wire."""

import ssl

from bahriya_tui.oci.connect import Route, connect
from bahriya_tui.oci.deadline import Deadline
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.wire import ask
from tests.oci.odd_server import OddServer, http


def test_a_request_can_carry_a_body_over_a_connection_that_there_is() -> None:
    route = Route(ssl.create_default_context(), Deadline(60))
    with OddServer(lambda _: http(200, b"said", X_Kind="a")) as server:
        url = f"http://{server.address}/path?a=b#c"
        trail = Trail()
        line = connect(url, route, trail)
        answer = ask("POST", url, route, b"Basic x", headers={"X-Amz": "y"}, body=b"{}", over=line)
    assert (answer.status, answer.body, answer.headers["x-kind"]) == (200, b"said", "a")
    assert line.fileno() == -1
    assert [step.name for step in trail.steps] == ["dns", "tcp"]
    assert server.received[0].split("\r\n") == [
        "POST /path?a=b HTTP/1.1",
        f"Host: {server.address}",
        "Accept: */*",
        "User-Agent: bahriya",
        "Connection: close",
        "X-Amz: y",
        "Content-Length: 2",
        "Authorization: Basic x",
        "",
        "{}",
    ]
