"""Nobody but the opener can open, and looking for keys or sealing brings in nothing that could."""

import ast
import subprocess
import sys
from pathlib import Path

import bahriya_tui

PACKAGE = Path(bahriya_tui.__file__).parent


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _modules_after(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_only_the_opener_imports_what_opens() -> None:
    importers = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if "bahriya_tui.vault.open" in _imported(path)
    }
    assert importers == {"opener"}


def test_no_other_code_names_private_keys() -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(name.endswith("X25519PrivateKey") for name in _imported(path))
    }
    assert users == {"opener/checking.py", "opener/reseal.py", "custody/create.py", "vault/open.py"}


def test_a_process_that_seals_has_nothing_loaded_that_opens() -> None:
    loaded = _modules_after("import bahriya_tui.vault.seal")
    assert "bahriya_tui.vault.seal" in loaded
    assert "bahriya_tui.vault.open" not in loaded


def test_launching_loads_neither_the_opener_nor_cryptography() -> None:
    loaded = _modules_after(
        "import bahriya_tui.launch.tokens, bahriya_tui.launch.keys, bahriya_tui.launch.worker,"
        " bahriya_tui.launch.kubeconfig, bahriya_tui.launch.vault"
    )
    assert "bahriya_tui.launch.tokens" in loaded
    heavy = {"cryptography", "yaml", "bahriya_tui.opener", "bahriya_tui.worker", "bahriya_tui.vault.seal"}
    assert not loaded & heavy
