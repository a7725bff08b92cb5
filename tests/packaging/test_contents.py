"""A release holds what the product needs to run, and nothing else."""

import tarfile
import zipfile
from email import message_from_bytes
from pathlib import PurePath

from bahriya_tui import __version__
from tests.packaging.conftest import ROOT, Built

_DATA = {
    "bahriya_tui/py.typed",
    "bahriya_tui/tui/app.tcss",
    "bahriya_tui/web/page.css",
    "bahriya_tui/web/page.html",
    "bahriya_tui/web/page.js",
}
"""What is no Python and yet needed; whoever adds such a file adds it here."""


def modules() -> set[str]:
    return {str(path.relative_to(ROOT)) for path in (ROOT / "bahriya_tui").rglob("*.py")}


def test_every_file_beside_the_modules_is_known() -> None:
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "bahriya_tui").rglob("*") if path.is_file()}
    assert {path for path in found if PurePath(path).suffix not in (".py", ".pyc")} == _DATA


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        held = set(wheel.namelist())
        about = f"bahriya_tui-{__version__}.dist-info"
        entry = wheel.read(f"{about}/entry_points.txt").decode()
        said = message_from_bytes(wheel.read(f"{about}/METADATA"))
    own = {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    assert held == modules() | _DATA | own
    assert "bahriya = bahriya_tui.__main__:main" in entry
    assert said["Version"] == __version__


def test_the_sdist_holds_what_the_wheel_is_built_from(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        root = f"bahriya_tui-{__version__}/"
        held = {name.removeprefix(root) for name in sdist.getnames()}
    beside = {"README.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert held == modules() | _DATA | beside
