"""What keys and pastes mean while a token is typed: a state machine without any input or output."""

from bahriya_tui.terminal.sequences import CANCEL, key_of

_ESCAPE = 0x1B
_PASTE_BEGIN, _PASTE_END = b"[200~", b"[201~"
_CANCEL = CANCEL + b"\x04"
_BLANKS = b" \t\n"


class Entry:
    """A token in the making; feed it what a terminal in raw mode sends, in pieces of any size.

    Where it must not be empty, Enter does nothing before something was typed.
    """

    def __init__(self, may_be_empty: bool = True) -> None:
        self._may_be_empty = may_be_empty
        self.token = bytearray()
        self.done = False
        self.cancelled = False
        self._sequence: bytearray | None = None
        self._pasted_from: int | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next bytes; those behind the end are dropped."""
        for byte in piece:
            if self.ended:
                return
            if self._pasted_from is not None:
                self._paste(byte, self._pasted_from)
            elif self._sequence is not None:
                self._continue_sequence(byte, self._sequence)
            else:
                self._key(byte)

    def pause(self) -> None:
        """Take it that nothing more came for a while: an ESC that stands alone was the key."""
        self.cancelled = self.cancelled or self.undecided

    @property
    def ended(self) -> bool:
        """Whether Enter was pressed, or a key that cancels."""
        return self.done or self.cancelled

    @property
    def undecided(self) -> bool:
        """Whether the last byte was an ESC, which is a key or begins what another key sends."""
        return self._sequence is not None and not self._sequence

    @property
    def length(self) -> int:
        """How many characters there are so far."""
        return sum(byte & 0xC0 != 0x80 for byte in self.token)

    def _key(self, byte: int) -> None:
        if byte in b"\r\n":
            self.done = self._may_be_empty or bool(self.token)
        elif byte in _CANCEL:
            self.cancelled = True
        elif byte in b"\x7f\x08":
            self._erase()
        elif byte == 0x15:
            self.token.clear()
        elif byte == 0x17:
            self._erase_word()
        elif byte == _ESCAPE:
            self._sequence = bytearray()
        elif byte >= 0x20:
            self.token.append(byte)

    def _erase(self) -> None:
        """Take away the last character, all of its bytes."""
        while self.token and self.token.pop() & 0xC0 == 0x80:
            pass

    def _erase_word(self) -> None:
        """Take away blanks at the end, and what stands before them up to the next blank."""
        for blank in (True, False):
            while self.token and (self.token[-1] in _BLANKS) is blank:
                self.token.pop()

    def _continue_sequence(self, byte: int, sequence: bytearray) -> None:
        """Keep what arrow keys and the like send out of the token."""
        if byte < 0x20:
            # As in terminals: a control character breaks a sequence off and acts.
            self._sequence = None
            self._key(byte)
            return
        if not sequence and byte not in b"[O":
            self._sequence = None
            return
        sequence.append(byte)
        if len(sequence) < 2 or (sequence[0] == ord("[") and not 0x40 <= byte <= 0x7E):
            return
        self._sequence = None
        if sequence == _PASTE_BEGIN:
            self._pasted_from = len(self.token)
        elif sequence == _PASTE_END:
            # The beginning of this paste was thrown away as typed too early; half a token is none.
            self.token.clear()
        else:
            for plain in key_of(bytes(sequence)):
                self._key(plain)

    def _paste(self, byte: int, start: int) -> None:
        """Take pasted bytes as they are until the paste ends; terminals send line ends as CR."""
        end = bytes([_ESCAPE]) + _PASTE_END
        self.token.append(byte)
        if self.token.endswith(end):
            pasted = self.token[start : -len(end)]
            self.token[start:] = pasted.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._pasted_from = None
