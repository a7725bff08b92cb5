"""`bahriya vault`: the keys that credentials are sealed for."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model.clock import parse_seconds
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations import vault
from bahriya_tui.operations.session import open_session

_passphrase_stdin = click.option(
    "--passphrase-stdin", "typed", is_flag=True, help="Read passphrases from standard input, one a line."
)


@click.group("vault", no_args_is_help=False)
def command() -> None:
    """The keys of the credentials: unlock, lock, replace, recover."""


@command.command("status")
@common
def status(asked: Common) -> None:
    """Show how the keys are, and whether every credential is sealed for them."""
    with open_session() as session:
        found = vault.status(session)
        kept = asdict(found.credentials).items()
        counted = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in kept)
        output.show(found if asked.json else {**asdict(found), "credentials": counted}, as_json=asked.json)


@command.command("unlock")
@click.option("--for", "time", default="1h", metavar="T", help="How long, as 30m or 8h; 1h by default.")
@_passphrase_stdin
@common
def unlock(asked: Common, time: str, typed: bool) -> None:
    """Unlock the vault for a time. Its passphrase is asked for."""
    seconds = parse_seconds(time, "unlock time", vault.LONGEST_UNLOCK_SECONDS)
    with open_session() as session:
        from_input = _source(asked, typed) == "stdin"
        protected = vault.unlock(session, seconds, vault.from_input if from_input else vault.in_terminal)
        what = f"the vault is unlocked for {time}" if protected else "the vault has no passphrase"
        _done(asked, records.Unlocked(unlocked=True, protected=protected), what)


@command.command("lock")
@common
def lock(asked: Common) -> None:
    """Forget the unlocked keys now."""
    with open_session() as session:
        ended = vault.lock(session)
        _done(
            asked,
            records.VaultLocked(ended=ended),
            "the vault is locked" if ended else "nothing was unlocked",
        )


@command.command("passphrase")
@click.option("--remove", is_flag=True, help="Remove it: the key can then be used by whoever reads its file.")
@_passphrase_stdin
@common
def passphrase(asked: Common, remove: bool, typed: bool) -> None:
    """Set, change or remove the passphrase of the vault's key."""
    with open_session() as session:
        protected = vault.change_passphrase(session, remove=remove, source=_source(asked, typed))
        what = "the vault has a new passphrase" if protected else "the passphrase was removed"
        _done(asked, records.PassphraseSet(protected=protected), what)


@command.command("recovery-key")
@click.option("--output", "file", metavar="F", help="Write it to the new file F instead of showing it.")
@common
def recovery_key(asked: Common, file: str | None) -> None:
    """Show the recovery key, once. Keep it away from this machine."""
    with open_session() as session:
        path = None if file is None else Path(file).expanduser().absolute()
        if path is None:
            _source(asked, False)
        vault.show_recovery_key(session, path)
        what = "the recovery key was shown, and is not on this machine any more"
        if path is not None:
            what = f"the recovery key is in {path} only: move it away from this machine"
        _done(asked, records.RecoveryKeyShown(shown=True), what)


@command.command("rekey")
@click.option("--recovery", is_flag=True, help="Replace the recovery key instead.")
@_passphrase_stdin
@common
def rekey(asked: Common, recovery: bool, typed: bool) -> None:
    """Put a new key into use and seal every credential for it. One that was interrupted is finished."""
    with open_session() as session:
        unlocked(asked, session)
        made = vault.rekey(session, recovery=recovery, source="stdin" if typed else "terminal")
        now = vault.status(session)
        what = "all credentials are sealed for the new key" if made else "the re-key under way was finished"
        _done(asked, records.Rekeyed(made=made, key_id=now.key_id), what)
        if recovery and not asked.json:
            output.note("show the new recovery key: bahriya vault recovery-key")


@command.command("recover")
@click.option("--key-stdin", "typed", is_flag=True, help="Read the recovery key from standard input.")
@common
def recover(asked: Common, typed: bool) -> int:
    """Open with the recovery key what the vault's key does not open. Exit code 1 when something is left."""
    with open_session() as session:
        done = vault.recover(session, _source(asked, typed))
        if asked.json:
            failed = [records.NotRecovered(credential=name, reason=why) for name, why in done.failed]
            output.show(records.Recovered(recovered=list(done.recovered), failed=failed), as_json=True)
        else:
            for note in done.notes:
                output.note(note)
            for name, reason in done.failed:
                output.note(f"{name} has to be entered again: {reason}")
            nothing = not done.recovered and not done.failed
            what = (
                "every credential opens" if nothing else f"{len(done.recovered)} credentials were recovered"
            )
            output.say(what, as_json=False)
        return 1 if done.failed else 0


def _source(asked: Common, typed: bool) -> str:
    """Give where it is typed: standard input when that was said; `BadInput` when nobody may be asked."""
    if asked.no_input and not typed:
        raise BadInput("this has to be typed, and nobody can be asked", "see its --help for another way")
    return "stdin" if typed else "terminal"


def _done(asked: Common, record: Mapping[str, object], what: str) -> None:
    if asked.json:
        output.show(record, as_json=True)
    output.say(what, as_json=asked.json)
