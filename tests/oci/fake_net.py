"""A network in memory: every host there is, what each of them was sent, and what it answers."""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from bahriya_tui.oci.connect import Route
from bahriya_tui.oci.steps import Trail

Pieces = Iterable[bytes | Exception]
"""An answer as it comes in; an exception is what the socket raises there."""
MAX_PIECES = 3000
"""After so many pieces, whoever still listens has waited too long."""


class Exchange:
    """One request and what was answered, as far as it was read."""

    def __init__(self, scheme: str, host: str) -> None:
        self.scheme = scheme
        self.host = host
        self.request = b""
        self.read = b""
        """The first bytes of the answer."""
        self.size = 0


class FakeNet:
    """Takes the place of `oci.connect.connect`; `answer` is called with each whole request."""

    def __init__(self, answer: Callable[[Exchange], Pieces]) -> None:
        self._answer = answer
        self.exchanges: list[Exchange] = []

    def connect(self, url: str, route: Route, trail: Trail) -> "FakeLine":
        parts = urlsplit(url)
        with trail.step("tcp") as found:
            found.detail = "in memory"
            line = FakeLine(Exchange(parts.scheme, parts.hostname or ""), self._answer)
        self.exchanges.append(line.exchange)
        return line


class FakeLine:
    """As much of a socket as one exchange needs."""

    def __init__(self, exchange: Exchange, answer: Callable[[Exchange], Pieces]) -> None:
        self.exchange = exchange
        self._answer = answer
        self._pieces: Iterator[bytes | Exception] | None = None
        self._rest = b""
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._pieces = iter(())

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def sendall(self, data: bytes) -> None:
        self.exchange.request += data

    def recv_into(self, buffer: "memoryview[int]") -> int:
        if self._pieces is None:
            self._pieces = iter(self._answer(self.exchange))
        if not self._rest:
            piece = next(self._pieces, b"")
            self._count += 1
            if isinstance(piece, Exception):
                raise piece
            if self._count > MAX_PIECES:
                raise TimeoutError
            self._rest = piece
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        self.exchange.size += len(taken)
        if len(self.exchange.read) < 64:
            self.exchange.read += taken[:64]
        return len(taken)
