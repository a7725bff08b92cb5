"""The terminal as it was before screens came to it, for when they end without giving it back."""

import os
import termios
from contextlib import suppress

_LEAVE = (
    b"\x1b[?2026l\x1b[<u"  # a frame that was begun; the keyboard's protocol
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # the mouse
    b"\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # focus, paste and sizes told as keys
    b"\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"  # wrapping, colours, the screen itself, the cursor
)
"""What screens turn on is off after it; where it was off already, nothing changes."""


class Kept:
    """The modes of the terminal; taken when it is made, before anything changes them."""

    def __init__(self) -> None:
        self._modes = termios.tcgetattr(0) if os.isatty(0) and os.isatty(1) else None

    def put_back(self) -> None:
        """Leave the screens' modes, as they can no more do that themselves; a terminal may be gone too."""
        if self._modes is not None:
            with suppress(OSError, termios.error):
                os.write(1, _LEAVE)
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
