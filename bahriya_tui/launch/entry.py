"""What keys and pastes mean while a token is typed: a state machine without any input or output."""

_ESCAPE = 0x1B
_PASTE_END = b"\x1b[201~"


class Entry:
    """A token in the making; feed it the bytes of a terminal in raw mode, one at a time."""

    def __init__(self) -> None:
        self.token = bytearray()
        self.done = False
        self.cancelled = False
        self._sequence: bytearray | None = None
        self._pasted_from: int | None = None

    def feed(self, byte: int) -> None:
        """Take one byte."""
        if self._pasted_from is not None:
            self._paste(byte, self._pasted_from)
        elif self._sequence is not None:
            self._continue_sequence(byte, self._sequence)
        else:
            self._key(byte)

    @property
    def length(self) -> int:
        """How many characters there are so far."""
        return sum(byte & 0xC0 != 0x80 for byte in self.token)

    def _key(self, byte: int) -> None:
        if byte in b"\r\n":
            self.done = True
        elif byte in b"\x03\x04":
            self.cancelled = True
        elif byte in b"\x7f\x08":
            self._erase()
        elif byte == 0x15:
            self.token.clear()
        elif byte == _ESCAPE:
            self._sequence = bytearray()
        elif byte >= 0x20:
            self.token.append(byte)

    def _erase(self) -> None:
        """Take away the last character, all of its bytes."""
        while self.token and self.token.pop() & 0xC0 == 0x80:
            pass

    def _continue_sequence(self, byte: int, sequence: bytearray) -> None:
        """Swallow what arrow keys and the like send, so that none of it gets into the token."""
        if not sequence and byte not in b"[O":
            self._sequence = None
            if byte < 0x20:
                self._key(byte)
            return
        sequence.append(byte)
        if len(sequence) < 2 or (sequence[0] == ord("[") and not 0x40 <= byte <= 0x7E):
            return
        self._sequence = None
        if sequence == b"[200~":
            self._pasted_from = len(self.token)

    def _paste(self, byte: int, start: int) -> None:
        """Take pasted bytes as they are until the paste ends; terminals send line ends as CR."""
        self.token.append(byte)
        if self.token.endswith(_PASTE_END):
            pasted = self.token[start : -len(_PASTE_END)]
            self.token[start:] = pasted.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._pasted_from = None
