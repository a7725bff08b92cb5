"""A file changes the keys: its rules, its mistakes in one line each, and the screens that follow it."""

import re
import string
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

import bahriya_tui.tui
from bahriya_tui.keyboard import in_use, spelling
from bahriya_tui.keyboard.file import load
from bahriya_tui.keyboard.keymap import Keymap
from bahriya_tui.keyboard.remap import names, remapped
from bahriya_tui.keyboard.table import NEEDED, SCOPES, TABLE, Key
from bahriya_tui.tui.screens.base import BahriyaScreen
from tests.operator import Operator
from tests.tui.terminal import Terminal, on_terminal
from tests.tui.test_keys import SCREENS

PLACES = sorted({place for key in TABLE for place in key.places})
QUALIFIED = [f"{place}.{key.name}" for key in TABLE for place in key.places]
KEYS = [
    *string.ascii_letters,
    *"0123456789/?!;",
    "f2",
    "f9",
    "ctrl+r",
    "alt+x",
    "escape",
    "enter",
    "tab",
    "left",
]


def row(table: tuple[Key, ...], place: str, name: str) -> Key:
    """Give the row of an action in a place."""
    (found,) = [key for key in table if key.name == name and place in key.places]
    return found


def keys_of(table: tuple[Key, ...], place: str, name: str) -> list[str]:
    return list(row(table, place, name).each)


def test_every_action_has_a_name_of_its_own_in_every_place() -> None:
    assert len(set(QUALIFIED)) == len(QUALIFIED)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", name) for name in QUALIFIED), QUALIFIED
    assert set(NEEDED) <= set(names())


@pytest.mark.parametrize("screen", SCREENS)
def test_the_places_of_a_screen_are_known_to_work_together(screen: type[BahriyaScreen]) -> None:
    assert any(set(screen.PLACES) <= set(scope) for scope in SCOPES)


def test_a_character_is_named_as_textual_names_it() -> None:
    for char in (*string.punctuation, *string.ascii_letters, *string.digits, *"öß§€"):
        assert spelling.key_of(char) == _character_to_key(char)
    for key in TABLE:
        assert [spelling.key_of(one) for one in key.each] == list(key.each)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl+R", "ctrl+r"),
        ("shift+d", "D"),
        ("ctrl+shift+d", "ctrl+shift+d"),
        (" esc ", "escape"),
        ("PgDn", "pagedown"),
        ("shift+f3", "shift+f3"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("comma", "comma"),
        ("shift+ctrl+left", "ctrl+shift+left"),
    ],
)
def test_a_key_may_be_written_in_several_ways(written: str, key: str) -> None:
    assert spelling.key_of(written) == key
    assert spelling.key_of(spelling.written(key)) == key


@given(st.text(max_size=12))
def test_what_is_no_key_is_refused_and_what_is_one_is_written_back(text: str) -> None:
    try:
        key = spelling.key_of(text)
    except ValueError:
        return
    assert "," not in key
    assert spelling.shown(key)
    if text.isascii():
        assert spelling.key_of(spelling.written(key)) == key


def test_without_a_wish_everything_is_as_it_was() -> None:
    assert remapped({}) == Keymap()
    assert Keymap().table is TABLE


def test_a_name_alone_means_every_place_and_a_place_goes_before_it() -> None:
    found = remapped({"regions.new": "f2", "new": "a,ctrl+n"})

    assert not found.mistakes
    for place in ("registries", "containers", "deployments", "projects"):
        assert keys_of(found.table, place, "new") == ["a", "ctrl+n"]
    assert keys_of(found.table, "regions", "new") == ["f2"]
    assert row(found.table, "regions", "new").shown == "f2"


def test_a_wish_goes_before_a_default_key_and_says_who_lost_it() -> None:
    found = remapped({"containers.deploy": "x", "sort": "j"})

    assert keys_of(found.table, "containers", "deploy") == ["x"]
    assert keys_of(found.table, "containers", "delete") == []
    assert keys_of(found.table, "registries", "delete") == ["x"]
    assert keys_of(found.table, "table", "down") == ["down"]
    assert sorted(found.lost) == [
        "j is sort now, and down (table) has down left",
        "x is deploy now, and delete (containers) has no key left; give it one, or none: "
        '"containers.delete" = ""',
    ]


def test_nothing_is_said_of_a_key_that_was_given_away_on_purpose() -> None:
    found = remapped({"deploy": "x", "containers.delete": "", "rotate": "e", "registries.edit": "r"})

    assert not found.lost
    assert not found.mistakes
    assert keys_of(found.table, "registries", "edit") == ["r"]


def test_a_key_that_two_actions_share_by_default_may_be_shared_elsewhere() -> None:
    found = remapped({"back": "escape,backspace"})

    assert not found.mistakes
    assert not found.lost
    assert keys_of(found.table, "list", "unfilter") == ["escape"]


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"depoly": "D"}, "there is no action depoly; did you mean deploy? bahriya keys lists them all"),
        ({"regions.deploy": "D"}, "there is no action deploy in regions"),
        ({"nowhere.new": "D"}, "there is no action new in nowhere"),
        ({"deploy": "strg+d"}, "deploy cannot have the key strg+d: there is no such key"),
        ({"deploy": "d,,x"}, "deploy cannot have the key : there is no such key"),
        ({"deploy": "shift+1"}, "shift+1: write the character that it types"),
        ({"deploy": "ctrl+i"}, "ctrl+i: terminals send the same for tab"),
        ({"deploy": "ctrl+q"}, "ctrl+q: it always leaves"),
        ({"deploy": 4}, 'the keys of deploy are no text; write them in quotes: deploy = "K"'),
        ({"deploy": ["d"]}, "the keys of deploy are no text"),
        (
            {"new": "a", "edit": "a"},
            "new and edit both want the key a in registries; give one of them another",
        ),
        ({"containers.link": "g", "first": "g"}, "link and first both want the key g in containers"),
        ({"submit": "s"}, "submit cannot have the key s: it is typed into fields; choose one with ctrl"),
        ({"next_field": "space"}, "next_field cannot have the key space: it is typed into fields"),
        ({"suspend_process": "z"}, "it is typed into fields"),
        ({"quit": ""}, 'app.quit needs a key; give it one: "app.quit" = "K"'),
        ({"turn_back": ""}, "dialog.turn_back needs a key"),
        ({"turn_back": "q"}, "it is typed into fields"),
        ({"run.back": ""}, "run.back needs a key"),
        (
            {"deploy": "q"},
            "deploy takes q from app.quit, which needs a key; choose another one, or give app.quit",
        ),
        ({"submit": "escape"}, "submit takes escape from dialog.turn_back, which needs a key"),
        ({"command_palette": ""}, "app.command_palette needs a key"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_keys_are_the_default_ones(
    wishes: Mapping[str, object], told: str
) -> None:
    found = remapped(wishes)

    assert found.table is TABLE
    (line,) = [f"{one.message}; {one.hint}" for one in found.mistakes]
    assert told in line
    assert "\n" not in line
    assert found.warnings == [f"{line}.", "Until then the keys are the default ones."]


def test_an_action_of_a_list_may_have_a_character_though_it_acts_early() -> None:
    assert not remapped({"filter": "f"}).mistakes


def test_a_key_of_the_demo_is_free() -> None:
    assert remapped({"help": "f3"}).warnings == []


def test_an_action_that_needs_a_key_may_have_another_one() -> None:
    found = remapped({"quit": "f10", "turn_back": "f12", "deploy": "q"})

    assert not found.mistakes
    assert keys_of(found.table, "containers", "deploy") == ["q"]


def shared(table: tuple[Key, ...]) -> set[tuple[str, str]]:
    """Give the pairs of actions that have a key in common somewhere."""
    found = set()
    for scope in SCOPES:
        here = [key for key in table if set(scope) & set(key.places)]
        for one, other in combinations(here, 2):
            if set(one.each) & set(other.each) and one.name != other.name:
                found.add((one.name, other.name))
    return found


@given(
    st.dictionaries(
        st.sampled_from([*names(), *QUALIFIED]), st.lists(st.sampled_from(KEYS), max_size=3), max_size=6
    )
)
def test_whatever_is_wished_no_key_means_two_things_and_one_can_always_leave(
    wishes: dict[str, list[str]],
) -> None:
    found = remapped({name: ",".join(keys) for name, keys in wishes.items()})

    assert shared(found.table) <= shared(TABLE)
    assert sorted(f"{p}.{key.name}" for key in found.table for p in key.places) == sorted(QUALIFIED)
    for key in found.table:
        assert key.each or key.name not in NEEDED
    if found.mistakes:
        assert found.table is TABLE
        return
    told = " ".join(found.lost)
    for name in QUALIFIED:
        place, _, action = name.partition(".")
        now, before = keys_of(found.table, place, action), keys_of(TABLE, place, action)
        wish = wishes.get(name, wishes.get(action))
        if wish is not None:
            assert now == [spelling.key_of(one) for one in dict.fromkeys(wish)]
        elif now != before:
            assert set(now) < set(before)
            assert f"and {action} (" in told


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "keys.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_no_file_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "keys.toml") == Keymap()
    assert load(written(tmp_path, "")) == Keymap()


@pytest.mark.parametrize(
    "line", ['"registries.test" = "y"', 'registries.test = "y"', '[keys.registries]\ntest = "y"']
)
def test_a_place_is_named_in_any_way_of_toml(tmp_path: Path, line: str) -> None:
    found = load(written(tmp_path, f"\ufeff[keys]\n{line}\n"))

    assert not found.mistakes
    assert keys_of(found.table, "registries", "test") == ["y"]
    assert keys_of(found.table, "regions", "test") == ["t"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[keys\n", "it is not TOML (Expected ']'"),
        ("[keys]\ndeploy = D\n", "(at line 2, column 10)"),
        ('deploy = "D"\n', "“deploy” means nothing here; put actions and their keys below a line [keys]"),
        ('keys = "D"\n', "“keys” means nothing here"),
        ('[keys]\ndeploy = "D"\n[colours]\n', "“colours” means nothing here"),
        (b'[keys]\ndeploy = "\xff"\n', "it is not UTF-8 text; save it as UTF-8"),
        ("[keys]\na = " + "[" * 5000, "it is not TOML"),
        ('[keys]\nregions.new.b = "D"\n', "the keys of regions.new are no text"),
    ],
)
def test_a_file_that_cannot_be_right_is_named_in_one_line(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    path = written(tmp_path, text)

    found = load(path)

    (line,) = [f"{one.message}; {one.hint}" for one in found.mistakes]
    assert line.startswith(f"{path}: ")
    assert told in line
    assert found.table is TABLE


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name in ("folder", "link"):
        (mistake,) = load(tmp_path / name).mistakes
        assert mistake.message == f"{tmp_path / name}: it is no file"


def says(terminal: Terminal, sentence: str) -> None:
    """Wait for a notification, which breaks lines where it likes."""
    letters = "".join(sentence.split())
    terminal.wait(lambda: letters in "".join(terminal.text.replace("▌", "").split()), sentence)


def test_the_screens_have_the_keys_of_the_file(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    written(
        operator.home,
        '[keys]\nnew = "a"\nhelp = "f1"\nproject = "home"\n'
        '[keys.regions]\ntake_contexts = "a,b"\nnew = "ctrl+n"\n',
    )
    with on_terminal(operator.environment) as terminal:
        terminal.until("1 Registries", "a New", "f1 Help", "Press a to add the credentials of one.")
        terminal.press("na")
        terminal.until("New registry")
        terminal.press("\x1b")
        terminal.wait(lambda: "New registry" not in terminal.text, "it closes")
        terminal.press("3")
        terminal.until("a Import", "ctrl+n New")
        terminal.press("\x1bOP")
        terminal.until("ctrl+n  New")
        terminal.press("\x1b")
        terminal.wait(lambda: "ctrl+n  New" not in terminal.text, "it closes")
        terminal.press("\x1b[H")
        terminal.until("Enter opens, a makes a new one")
        terminal.press("\x1b")
        terminal.wait(lambda: "Enter opens" not in terminal.text, "it closes")
        terminal.press("\x10import")
        terminal.until("Import  a")


def test_a_file_with_mistakes_is_a_warning_on_the_screens(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    path = written(operator.home, '[keys]\ndepoly = "D"\nnew = "a"\n')
    with on_terminal(operator.environment) as terminal:
        terminal.until("n New")
        says(terminal, f"{path}: there is no action depoly; did you mean deploy?")
        says(terminal, "Until then the keys are the default ones.")


def test_a_key_that_was_lost_is_a_warning_on_the_screens(operator: Operator) -> None:
    operator.run("project", "add", "shop")
    written(operator.home, '[keys]\n"registries.rotate" = "x"\n')
    with on_terminal(operator.environment) as terminal:
        says(terminal, "x is rotate now, and delete (registries) has no key left")


def test_a_sentence_names_the_key_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_use.sign("run.resume") == "o"
    assert in_use.sign("projects.open") == "Enter"
    monkeypatch.setattr(in_use, "_in_use", remapped({"resume": "ctrl+o", "run.unlock": ""}))
    assert in_use.sign("run.resume") == "ctrl+o"
    assert in_use.sign("run.unlock") == "ctrl+p Unlock"


def test_every_sentence_names_an_action_that_there_is() -> None:
    folder = Path(bahriya_tui.tui.__file__).parent
    named = {
        name for path in folder.rglob("*.py") for name in re.findall(r"\bsign\('([^']*)'\)", path.read_text())
    }
    assert len(named) > 10
    assert named <= set(QUALIFIED)
