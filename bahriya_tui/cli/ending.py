"""Being told to end: SIGTERM and SIGHUP end a command as Ctrl-C does, which takes back what it has begun."""

import signal

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def end_as_with_ctrl_c() -> None:
    """Have these signals raise `KeyboardInterrupt` in the main thread, once; who ignores one goes on so."""
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(_number: int, _frame: object) -> None:
    # What is being taken back by then is taken back whole; Ctrl-C still hurries it.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
