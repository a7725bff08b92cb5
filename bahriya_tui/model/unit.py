"""The unit with which systemd keeps a worker running: of one user, or of the machine for all of a group.

Sources: systemd.service(5), systemd.exec(5), systemd.kill(5). Left out is what would break the worker's own
ways: writable executable memory, which Python's foreign functions need, and filters of system calls, since
kubeconfigs run programs of others.
"""

from collections.abc import Iterator, Sequence

from bahriya_tui.model.errors import BadInput

NAME = "bahriya-worker.service"


def unit(command: Sequence[str], home: str | None, user: str | None) -> str:
    """Write the unit; `home` is the folder of everything where one was chosen.

    `user` is the account of a unit of the machine; None stands for a unit of one's own. `BadInput` for one of
    the machine without a folder: of the disk, it may write nothing but that.
    """
    if user is not None and home is None:
        words = f"a unit of the machine, which runs as {user}, needs a folder that was chosen"
        raise BadInput(words, "name it first: export BAHRIYA_HOME=/srv/bahriya")
    return "".join(f"{line}\n" for line in _lines(command, home, user))


def _lines(command: Sequence[str], home: str | None, user: str | None) -> Iterator[str]:
    yield "[Unit]"
    yield "Description=Bahriya worker"
    if user is not None:
        yield "Wants=network-online.target"
        yield "After=network-online.target"
    yield ""
    yield "[Service]"
    if user is not None:
        yield f"User={user}"
    if home is not None:
        yield f"Environment={_quoted(f'BAHRIYA_HOME={home}')}"
    yield f"ExecStart={_command(command)} worker run"
    # One that was started by itself may be at work still; then this one ends, and tries again.
    yield "Restart=always"
    yield "RestartSec=10"
    # The worker ends its openers itself, when they have answered.
    yield "KillMode=mixed"
    yield "TimeoutStopSec=20"
    yield "LimitCORE=0"
    yield "NoNewPrivileges=yes"
    yield "LockPersonality=yes"
    yield "RestrictRealtime=yes"
    yield "RestrictSUIDSGID=yes"
    yield "SystemCallArchitectures=native"
    if user is not None:
        yield "CapabilityBoundingSet="
        yield "PrivateDevices=yes"
        yield "PrivateTmp=yes"
        yield "ProtectControlGroups=yes"
        yield "ProtectHome=read-only"
        yield "ProtectKernelModules=yes"
        yield "ProtectKernelTunables=yes"
        yield "ProtectSystem=strict"
        if home is not None:
            yield f"ReadWritePaths={_quoted(home)}"
    yield ""
    yield "[Install]"
    yield f"WantedBy={'default' if user is None else 'multi-user'}.target"


def _command(words: Sequence[str]) -> str:
    """Write a command. A colon, which systemd knows since version 244, has it leave each `$` as it is.

    Doubled, a `$` would be two in the path of the program, in which systemd looks for no variables.
    """
    colon = ":" if any("$" in word for word in words) else ""
    return " ".join(_quoted(word) for word in (f"{colon}{words[0]}", *words[1:]))


def _quoted(word: str) -> str:
    """Write a word as systemd reads it back, where it looks for no variables: `%` begins a specifier."""
    plain = word.replace("%", "%%")
    if not any(one in plain for one in " \"'\\$;"):
        return plain
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
