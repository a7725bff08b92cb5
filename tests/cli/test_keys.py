"""`bahriya keys`: the table of keys, what the file changes of it, and what is wrong with the file."""

import json

import pytest

from bahriya_tui.launch.confine import files_left
from bahriya_tui.places import Places
from tests.cli.conftest import Commands
from tests.cli.test_start import modules_of
from tests.operator import Operator


def write(home: Commands | Operator, text: str) -> None:
    home.home.mkdir(parents=True, exist_ok=True)
    (home.home / "keys.toml").write_text(text)


def test_every_key_is_listed_with_what_it_does(bahriya: Commands) -> None:
    answer = bahriya.good("keys")

    lines = [line.split() for line in answer.out.splitlines()]
    assert lines[0] == ["ACTION", "KEYS", "CHANGED", "PLACES", "HELP"]
    assert ["deploy", "d", "-", "containers", "put", "it"] in [line[:6] for line in lines]
    assert "keys.toml" in answer.err
    assert not bahriya.home.exists()


def test_changed_keys_are_marked_and_lost_ones_are_told(bahriya: Commands) -> None:
    write(bahriya, '[keys]\ndeploy = "x,+"\n')

    answer = bahriya.good("keys")

    assert any(line.split()[:5] == ["deploy", "x,", "plus", "was", "d"] for line in answer.out.splitlines())
    assert "x is deploy now, and delete (containers) has no key left" in answer.err
    found = {(one["action"], *one["places"]): one for one in bahriya.good("keys", "--json").json}
    assert found["deploy", "containers"] == {
        "action": "deploy",
        "keys": ["x", "plus"],
        "default": ["d"],
        "changed": True,
        "places": ["containers"],
        "help": "put it into all its regions, at once or in waves",
    }
    assert found["delete", "containers"]["keys"] == []
    assert found["delete", "registries", "regions"]["changed"] is False


def test_mistakes_end_with_2_one_line_each_and_the_names_there_are(bahriya: Commands) -> None:
    write(bahriya, '[keys]\ndepoly = "D"\nquit = ""\n')

    answer = bahriya("keys")

    assert answer.code == 2
    first, second = [line for line in answer.err.splitlines() if line.startswith("bahriya: ")]
    assert first.startswith(
        f"bahriya: {bahriya.home / 'keys.toml'}: there is no action depoly; did you mean deploy?"
    )
    assert "app.quit needs a key" in second
    assert "deploy" in answer.out
    answer = bahriya("keys", "--json")
    assert [json.loads(line)["error"]["code"] for line in answer.err.splitlines()] == [2, 2]
    assert not any(one["changed"] for one in answer.json)


def test_a_file_that_may_not_be_read_is_told(operator: Operator) -> None:
    operator.give_up_privileges()
    write(operator, "[keys]\n")
    (operator.home / "keys.toml").chmod(0)

    told = operator.run("keys", code=2).err

    assert "it cannot be read (Permission denied); look at its owner and mode" in told


def test_the_file_can_be_read_though_the_command_is_locked_in(operator: Operator) -> None:
    write(operator, '[keys]\nreverse = "f3"\n')

    found = operator.run("keys", "--json").json

    assert [one["keys"] for one in found if one["changed"]] == [["f3"]]


def test_a_folder_in_its_place_opens_nothing_below_it(operator: Operator) -> None:
    (operator.home / "keys.toml").mkdir(parents=True)

    left = files_left(Places(operator.home / "store", operator.home / "keys", operator.home / "logs"))

    assert not any(path.endswith("keys.toml") for path in left.readable)
    assert "it is no file" in operator.run("keys", code=2).err


@pytest.mark.parametrize("arguments", [("keys",), ("keys", "--json")])
def test_listing_keys_loads_no_screens(bahriya: Commands, arguments: tuple[str, ...]) -> None:
    loaded = modules_of(*arguments)

    assert not {"textual", "rich", "tomllib", "bahriya_tui.tui"} & loaded
