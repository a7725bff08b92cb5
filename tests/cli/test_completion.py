"""Real shells complete commands, options, handles and regions."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Commands

_BASH = """
eval "$(bahriya completion bash)"
COMP_WORDS=({words} "{last}")
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_bahriya_completion bahriya
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
_FISH = """
bahriya completion fish | source
complete --do-complete "{words} {last}"
"""
_ZSH = """
autoload -U compinit && compinit -D
_describe() {{ print -l -- "${{(@)completions_with_descriptions}}" }}
compadd() {{ print -l -- "${{(@)completions}}" }}
eval "$(bahriya completion zsh)"
words=({words} "{last}")
CURRENT=${{#words}}
_bahriya_completion
"""
_SHELLS = {"bash": _BASH, "fish": _FISH, "zsh": _ZSH}


def completed(shell: str, home: Path, words: str, last: str = "") -> set[str]:
    """What the shell offers behind these words."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell} (apt-get install {shell})")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "BAHRIYA_HOME": str(home), "HOME": str(home)}
    script = _SHELLS[shell].format(words=words, last=last)
    done = subprocess.run([shell, "-c", script], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {line.partition("\t")[0].partition(":")[0].strip() for line in done.stdout.splitlines()}


@pytest.mark.parametrize("shell", sorted(_SHELLS))
def test_a_shell_completes_what_there_is(team: Commands, shell: str) -> None:
    home = team.home
    team.good("container", "add", "web", "--image", "nginx:1.27", "--region", "helsinki-1")
    assert {"registry", "region"} <= completed(shell, home, "bahriya", "reg")
    assert "rotate" in completed(shell, home, "bahriya registry", "rot")
    assert "--password-stdin" in completed(shell, home, "bahriya registry rotate", "--pass")
    assert "team" in completed(shell, home, "bahriya registry rotate")
    assert "web" in completed(shell, home, "bahriya deploy", "w")
    assert "team" in completed(shell, home, "bahriya deploy --all-using")
    assert {"falkenstein-1", "helsinki-1"} <= completed(shell, home, "bahriya region check")
    assert "helsinki-1" in completed(shell, home, "bahriya deploy web --canary", "hel")
    number = str(team.good("deploy", "web", "--no-wait", "--json").json["id"])
    assert number in completed(shell, home, "bahriya deployment watch")
    assert "team" not in completed(shell, home, "bahriya registry rotate", "x")


def test_without_a_store_nothing_is_offered_and_none_is_made(tmp_path: Path) -> None:
    assert "web" not in completed("bash", tmp_path / "home", "bahriya deploy")
    assert not list((tmp_path / "home").glob("store/*.db"))
