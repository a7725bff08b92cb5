"""`python -m tests.coverage`: which branches of vault, custody, opener, reader and direct the tests take.

Ends with 1 when one is not taken that is not listed below. Runs the tests that exercise these rooms in an
environment made for it, whose every interpreter, the locked-in and throw-away ones too, starts by tracing
itself (`tests.tracing`). Nothing but that, and the time it takes, is different from a run without it.
"""

import ast
import io
import json
import subprocess
import sys
import sysconfig
import tempfile
import tokenize
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage import Coverage

ROOT = Path(__file__).parents[1]
ROOMS = ("vault", "custody", "opener", "reader", "direct")
TESTS = ("vault", "custody", "opener", "reader", "launch")
_RUN_ONLY = "run only, never imported"
EXCUSED = {
    ("opener/recover.py", 'if __name__ == "__main__":'): _RUN_ONLY,
    ("custody/show.py", 'if __name__ == "__main__":'): _RUN_ONLY,
    ("reader/logins.py", 'if __name__ == "__main__":'): _RUN_ONLY,
    ("reader/pull_secret.py", 'if __name__ == "__main__":'): _RUN_ONLY,
    ("reader/token.py", 'if __name__ == "__main__":'): _RUN_ONLY,
}
"""By module and line, why a line or one of its branches is not taken."""


@dataclass(frozen=True)
class Measured:
    """What was taken of one module."""

    name: str
    code: int
    branches: int
    taken: int
    lines: tuple[int, ...]
    """Not executed."""
    arcs: tuple[tuple[int, int], ...]
    """Not taken, from line to line."""
    excused: frozenset[int]

    @property
    def missing(self) -> list[str]:
        """What is not taken and not excused, in words."""
        lines = [str(line) for line in self.lines if line not in self.excused]
        arcs = [
            f"{one}→{other if other > 0 else 'end'}" for one, other in self.arcs if one not in self.excused
        ]
        return lines + arcs


def run(folder: Path) -> tuple[int, Path]:
    """Run the tests while every process traces itself; give pytest's exit code and the record."""
    record = folder / "record"
    record.touch()
    rooms = tuple(f"{ROOT / 'bahriya_tui' / room}/" for room in ROOMS)
    start = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    start += f"import tracing; tracing.start({str(record)!r}, {rooms!r})\n"
    venv.create(folder / "env", symlinks=True)
    scheme = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    libraries = Path(sysconfig.get_path("purelib", "venv", scheme))
    (libraries / "tracing.py").write_text(Path(__file__).with_name("tracing.py").read_text())
    (libraries / "tracing.pth").write_text(start)
    python = folder / "env" / "bin" / "python"
    tests = [str(ROOT / "tests" / name) for name in TESTS]
    return subprocess.run([python, "-m", "pytest", "-q", *tests], cwd=ROOT).returncode, record


def measure(record: Path, modules: list[Path], folder: Path) -> list[Measured]:
    """Compare the record with what could have been taken in these modules."""
    arcs: dict[str, set[tuple[int, int]]] = {}
    for text in record.read_text().splitlines():
        file, before, after = text.rsplit(" ", 2)
        arcs.setdefault(file, set()).add((int(before), int(after)))
    coverage = Coverage(data_file=None, branch=True, config_file=False)
    coverage.get_data().add_arcs({str(path): arcs.get(str(path), set()) for path in modules})
    report = folder / "report"
    coverage.json_report([str(path) for path in modules], outfile=str(report))
    found = json.loads(report.read_text())["files"]
    by_path = {Path(name).resolve(): one for name, one in found.items()}
    return [_measured(path, by_path[path.resolve()]) for path in modules]


def _measured(path: Path, found: dict[str, Any]) -> Measured:
    name, text = f"{path.parent.name}/{path.name}", path.read_text()
    return Measured(
        name,
        lines_of_code(text),
        found["summary"]["num_branches"],
        found["summary"]["covered_branches"],
        tuple(found["missing_lines"]),
        tuple((one, other) for one, other in found["missing_branches"]),
        frozenset(
            number for number, line in enumerate(text.splitlines(), 1) if (name, line.strip()) in EXCUSED
        ),
    )


def lines_of_code(text: str) -> int:
    """Count lines, without blanks, comments and docstrings."""
    ignored = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    ignored |= {tokenize.ENDMARKER}
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in ignored
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def show(modules: list[Measured]) -> None:
    """Print a line per module and per room, and why each excused line is not taken."""
    print(f"{'module':<28}{'code':>5}{'branches':>10}{'taken':>7}  not taken")
    for room in ROOMS:
        inside = [one for one in modules if one.name.startswith(f"{room}/")]
        for one in inside:
            print(f"{one.name:<28}{one.code:>5}{one.branches:>10}{one.taken:>7}  {', '.join(one.missing)}")
        code, branches, taken = (
            sum(getattr(one, n) for one in inside) for n in ("code", "branches", "taken")
        )
        print(f"{room:<28}{code:>5}{branches:>10}{taken:>7}\n")
    for (name, line), reason in EXCUSED.items():
        print(f"{name}: `{line}`: {reason}")


def main() -> int:
    """Run, measure and print; 0 when every branch that is not excused was taken."""
    with tempfile.TemporaryDirectory(prefix="bahriya-coverage-") as folder:
        failed, record = run(Path(folder))
        paths = [path for room in ROOMS for path in sorted((ROOT / "bahriya_tui" / room).glob("*.py"))]
        modules = measure(record, paths, Path(folder))
    show(modules)
    return 1 if failed or any(one.missing for one in modules) else 0


if __name__ == "__main__":
    sys.exit(main())
