"""What the product imports is what it declares: nothing missing, nothing too much."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import ROOT

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def normalised(name: str) -> str:
    """Give a name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> set[str]:
    return {normalised(found[0]) for one in requirements if (found := _NAME.match(one))}


def imported(folder: Path) -> set[str]:
    """Give the distributions whose modules are imported somewhere below `folder`."""
    providers = packages_distributions()
    modules = {name for path in folder.rglob("*.py") for name in imports(ast.parse(path.read_text()))}
    ours = modules - set(sys.stdlib_module_names) - {"bahriya_tui"}
    return {normalised(providers[name][0]) if name in providers else f"module {name}" for name in ours}


def imports(tree: ast.AST) -> Iterator[str]:
    """Give the first parts of what is imported when the module runs; what is for types alone is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield node.module.partition(".")[0]
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for other in node.orelse:
                yield from imports(other)
        else:
            yield from imports(node)


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    said = project()
    declared = named(said["dependencies"])
    optional = named(said["optional-dependencies"]["web"])
    assert imported(ROOT / "bahriya_tui") == declared | optional


def test_what_is_optional_is_imported_by_the_web_alone() -> None:
    optional = named(project()["optional-dependencies"]["web"])
    elsewhere = [path for path in (ROOT / "bahriya_tui").iterdir() if path.is_dir() and path.name != "web"]
    assert not any(optional & imported(folder) for folder in elsewhere)


@pytest.mark.parametrize("requirement", project()["dependencies"])
def test_a_dependency_has_a_floor_with_its_reason(requirement: str) -> None:
    assert ">=" in requirement
    lines = [line.strip() for line in (ROOT / "pyproject.toml").read_text().splitlines()]
    assert lines[lines.index(f'"{requirement}",') - 1].startswith("#")
