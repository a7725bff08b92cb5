"""Room for the frames of deep calls.

CPython keeps the frames of a thread in pieces of 16 KiB: the next one is taken from the system when a call
does not fit any more, and given back when that call returns. A loop that happens to run at such an edge pays
two calls into the kernel for each of its own; compiling expressions below nested imports pays thousands.
"""

from collections.abc import Callable
from types import FunctionType
from typing import TypeVar

R = TypeVar("R")

_SLOTS = 40_000
"""Of eight bytes: their piece has room for hundreds of calls more. It takes no memory while untouched."""


def with_room(function: Callable[[], R]) -> Callable[[], R]:
    """Give a function that begins such a piece, into which all that it calls fits."""
    assert isinstance(function, FunctionType)  # noqa: S101
    code = function.__code__.replace(co_stacksize=_SLOTS)
    return FunctionType(code, function.__globals__, closure=function.__closure__)
