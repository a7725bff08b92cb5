"""What may be asked of the supervisor, and the function that does each.

A performer gets the places, what was asked with it, and the operator's own command line; it yields lines.
The asker may have been taken over: so no performer takes the path of a key from it, and files to read and
commands to run only when the operator typed them.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from bahriya_tui.launch.channel import Line
from bahriya_tui.places import Places

Typed = Sequence[str] | None
"""The operator's command line; None where whoever asks is not locked in, and could do it all by itself."""
Performer = Callable[[Places, Line, Typed], Iterator[Line]]

PERFORMERS = {
    "read_token": "bahriya_tui.launch.tokens:perform_read_token",
    "begin_import": "bahriya_tui.launch.imports:perform_begin_import",
    "ask_import": "bahriya_tui.launch.imports:perform_ask_import",
    "end_import": "bahriya_tui.launch.imports:perform_end_import",
    "make_keys": "bahriya_tui.launch.keys:perform_make_keys",
    "read_pins": "bahriya_tui.launch.kubeconfig:perform_read_pins",
    "start_worker": "bahriya_tui.launch.worker:perform_start_worker",
    "stop_worker": "bahriya_tui.launch.worker:perform_stop_worker",
    "survey": "bahriya_tui.launch.survey:perform_survey",
    "look_at_keys": "bahriya_tui.launch.vault:perform_look",
    "unlock": "bahriya_tui.launch.vault:perform_unlock",
    "lock": "bahriya_tui.launch.vault:perform_lock",
    "passphrase": "bahriya_tui.launch.vault:perform_passphrase",
    "show_recovery_key": "bahriya_tui.launch.vault:perform_show_recovery_key",
    "new_key": "bahriya_tui.launch.vault:perform_new_key",
    "recover": "bahriya_tui.launch.vault:perform_recover",
    "become": "bahriya_tui.launch.become:perform_become",
    "share": "bahriya_tui.launch.share:perform_share",
    "write_backup": "bahriya_tui.launch.backup:perform_write",
    "look_at_hooks": "bahriya_tui.launch.hooks:perform_look",
    "test_hooks": "bahriya_tui.launch.hooks:perform_test",
    "read_text": "bahriya_tui.launch.files:perform_read_text",
    "install_backup": "bahriya_tui.launch.backup:perform_install",
}
"""Module and function by verb; a module is imported when it is asked for the first time."""


def perform(verb: str, places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Do what `verb` says and give its lines; raises the model errors it raises."""
    module, _, function = PERFORMERS[verb].partition(":")
    performer: Performer = getattr(import_module(module), function)
    return performer(places, argument, typed)


def was_typed(word: str, typed: Typed) -> bool:
    """Tell whether `word`, a command or an option, stands on the operator's command line."""
    return typed is None or word in typed


def value_was_typed(option: str, value: str, typed: Typed) -> bool:
    """Tell whether the operator gave `option` this value. A word elsewhere on the line is none."""
    return typed is None or value in values_of(option, typed)


def path_was_typed(option: str, path: str, typed: Typed) -> bool:
    """Tell whether the operator gave `option` this file, from the folder that we are in too."""
    return typed is None or any(
        str(Path(value).expanduser().absolute()) == path for value in values_of(option, typed)
    )


def argument_was_typed(path: str, typed: Typed) -> bool:
    """Tell whether this file stands on the operator's command line, seen from the folder we are in too."""
    return typed is None or any(str(Path(word).expanduser().absolute()) == path for word in typed)


def values_of(option: str, typed: Sequence[str]) -> Iterator[str]:
    """Give what the operator gave `option`, in order, also as `-fFILE` and `-yf FILE`."""
    short = option[1:] if len(option) == 2 else ""
    for word, following in zip(typed, [*typed[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        if name == option:
            yield value if equals else following
        elif short and word[:1] == "-" and word[:2] != "--":
            before, found, after = word[1:].partition(short)
            if found and before.isalpha() | (not before):
                yield after or following
