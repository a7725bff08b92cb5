"""A token that is typed into the screens and deployed from them is never in the process that shows them."""

from collections.abc import Callable, Iterator

import pytest

from bahriya_tui.store import registries
from tests.hostile import processes
from tests.hostile.memory import NEEDS_ROOT, may_read_memory
from tests.hostile.regions import HeldWorld
from tests.hostile.scene import Scene
from tests.tui.terminal import Terminal
from tests.worker.desk import Desk, until

pytestmark = pytest.mark.skipif(not may_read_memory, reason=NEEDS_ROOT)


@pytest.fixture
def terminal(scene: Scene, desk: Desk) -> Iterator[Terminal]:
    started = Terminal(scene.operator.environment)
    yield started
    started.close()


def test_the_screens_never_hold_the_passphrase(terminal: Terminal, scene: Scene, desk: Desk) -> None:
    operator = scene.operator
    operator.run("vault", "recovery-key", "--output", str(scene.folder / "recovery"))
    operator.run("vault", "passphrase", "--passphrase-stdin", password=f"{scene.canary}\n")
    terminal.until("1 Registries")
    terminal.press("6")
    terminal.until("passphrase")

    terminal.press("u")
    terminal.until("Passphrase of the vault", "type or paste it now")
    terminal.press(scene.canary)
    terminal.until("•••")
    assert scene.look(terminal.process.pid) == {}
    terminal.press("\r")
    terminal.until("The vault is unlocked for an hour.")
    assert scene.look(terminal.process.pid) == {}
    assert operator.run("vault", "status", "--json").json["unlocked"]

    terminal.press("L")
    terminal.until("The vault is locked.")
    assert not operator.run("vault", "status", "--json").json["unlocked"]


def paste(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize("enter", [str, paste], ids=["typed", "pasted"])
def test_the_screens_never_hold_the_token(
    terminal: Terminal, scene: Scene, desk: Desk, held_world: HeldWorld, enter: Callable[[str], str]
) -> None:
    server = held_world.registry.address
    terminal.until("1 Registries")
    terminal.press("n")
    terminal.until("New registry")
    terminal.press(f"team\t{server}\top\r")
    terminal.until(f"Token of op at {server}", "type or paste it now")

    terminal.press(enter(scene.canary))
    terminal.until("•••")
    (reader,) = processes.of_kind(scene.home, processes.READER)
    until(lambda: scene.scanner.process(reader)["utf-8"] > 0)
    assert scene.look(terminal.process.pid) == {}
    terminal.press("\r")
    terminal.until("Registry team was added")
    assert scene.look(terminal.process.pid) == {}

    desk.container("app", registry=registries.get(desk.store.connection, "shop", "team"))
    held_world.hold()
    terminal.press("2")
    terminal.until("app")
    terminal.press("d")
    terminal.until("Deploy app, revision 1")
    terminal.press("\r")
    held_world.wait_until_asked()
    assert scene.catch_opener()["utf-8"] > 0
    assert scene.look(terminal.process.pid, processes.worker(scene.home)) == {}

    held_world.let_go()
    scene.let_openers_go()
    desk.ended(1)
    assert set(desk.states(1).values()) == {"running"}
    assert scene.look(terminal.process.pid, processes.worker(scene.home)) == {}
    assert scene.canary[:12] not in "\n".join(terminal.screen.display)
