"""What the keys mean that a terminal reports as escape sequences although nobody asked it to.

Sources: the kitty keyboard protocol (CSI-u), and xterm's modifyOtherKeys. Without any input or output.
"""

import re

CANCEL = b"\x03"
"""What Esc and Ctrl-C stand for."""
_KITTY = re.compile(rb"\[(\d{1,7})(?::(\d{0,7}))?(?::\d{0,7})?(?:;(\d{0,4})(?::(\d))?(?:;([\d:]{0,64}))?)?u")
_XTERM = re.compile(rb"\[27;(\d{1,4});(\d{1,7})~")
_SHIFT, _CONTROL, _CAPS_LOCK, _NUM_LOCK = 1, 4, 64, 128
_RELEASED = b"3"
_EDITING = (0x08, 0x0D, 0x7F)
_KEYPAD = dict(zip(range(57399, 57416), "0123456789./*-+\r=", strict=True))
_FUNCTIONAL = range(57344, 63744)


def key_of(sequence: bytes) -> bytes:
    """Give what a terminal in its plain mode sends for the same key; nothing for keys that write nothing.

    `sequence` comes without its ESC.
    """
    if found := _XTERM.fullmatch(sequence):
        return _plain(int(found[2]), 0, int(found[1]) - 1, b"")
    found = _KITTY.fullmatch(sequence)
    if not found or found[4] == _RELEASED:
        return b""
    return _plain(int(found[1]), int(found[2] or 0), int(found[3] or 1) - 1, found[5] or b"")


def _plain(code: int, shifted: int, modifiers: int, text: bytes) -> bytes:
    code = ord(_KEYPAD.get(code, "\0")) or code
    if code == 27:
        return CANCEL
    if code in _EDITING:
        return bytes([code])
    if modifiers & ~(_SHIFT | _CAPS_LOCK | _NUM_LOCK):
        letter = modifiers & _CONTROL and ord("a") <= code <= ord("z")
        return bytes([code & 0x1F]) if letter else b""
    if text:
        return b"".join(_character(int(one)) for one in text.split(b":") if one)
    if modifiers & _SHIFT and shifted:
        return _character(shifted)
    written = _character(code)
    capital = bool(modifiers & _SHIFT) != bool(modifiers & _CAPS_LOCK)
    return written.upper() if capital else written


def _character(code: int) -> bytes:
    if code < 0x20 or code == 0x7F or code in _FUNCTIONAL:
        return b""
    try:
        return chr(code).encode()
    except (ValueError, OverflowError):
        return b""
