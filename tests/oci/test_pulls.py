"""Many images of one registry: a few at a time, in the order in which they were asked for."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from bahriya_tui.oci.pulls import LANES

COUNT = 1 + 3 * LANES


class Crowd(ThreadingHTTPServer):
    """A registry that answers for an image only when as many are asked for as may be, but for the first."""

    daemon_threads = True

    def __init__(self, login: str) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.login = login
        self.together = threading.Barrier(LANES, timeout=120)


class Answers(BaseHTTPRequestHandler):
    server: Crowd

    def do_GET(self) -> None:
        self._answer(200 if self.headers.get("Authorization") == self.server.login else 401)

    def do_HEAD(self) -> None:
        if self.headers.get("Authorization") != self.server.login:
            self._answer(401)
            return
        if "/app0/" not in self.path:
            self.server.together.wait()
        self._answer(404 if "/app3/" in self.path else 200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the tests' output clean."""


@pytest.fixture
def crowd(canary: str) -> Iterator[Crowd]:
    login = "Basic " + base64.b64encode(f"op:{canary}".encode()).decode()
    with Crowd(login) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_few_images_are_asked_for_at_a_time_and_told_in_their_order(crowd: Crowd, canary: str) -> None:
    address = f"127.0.0.1:{crowd.server_port}"
    images = [parse(f"{address}/app{number}:v1") for number in range(COUNT)]
    result = check(address, "op", canary.encode(), images, deadline=120)
    assert [image.image for image in result.images] == images
    assert [image.verdict for image in result.images] == ["ok"] * 3 + ["not found"] + ["ok"] * (COUNT - 4)
    told = [step for step in result.steps if step.name == "image"]
    assert [step.detail.partition(": ")[0] for step in told] == [image.familiar for image in images]
    assert [step.good for step in told] == [number != 3 for number in range(COUNT)]
