"""Judges whether work gets done: now, after a logout and after a reboot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bahriya_tui.model import clock
from bahriya_tui.model.finding import Finding, listed, unmeasured

_SERVICE = "Enable the service of the README, and let it start without you: `loginctl enable-linger`."


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """What of this machine starts and ends processes of ours."""

    systemd: bool
    enabled: bool
    """Whether a unit of the name in the README is enabled."""
    linger: bool
    """Whether the user's services run without a login."""
    kills: bool | None
    """Whether the end of a login ends the user's processes; None where that is not written down."""
    pod: bool = False
    """Whether this is a container of Kubernetes, which starts it again whenever it ends."""


def judge_worker(
    pid: int | None, since: str, due: bool | None, *, keeper: str = "", runs_as: str = ""
) -> Finding:
    """Judge whether what is due has a worker; `due` is None where the store did not tell.

    `keeper` is the account that alone can run it, where a group shares the store; `runs_as` who does.
    """
    subject = "worker"
    if pid is not None and keeper and runs_as != keeper:
        measured = f"The worker runs as {runs_as}, and the private keys are those of {keeper}."
        return Finding(subject, "bad", measured, f"Stop it, and run it as {keeper}: it can open nothing.")
    if pid is None and keeper:
        measured = f"No worker runs, and only {keeper} can run one: what others ask for waits."
        advice = f"Start the service (systemctl start bahriya-worker), or as {keeper}: bahriya worker run."
        return Finding(subject, "attention", measured, advice)
    if pid is not None:
        return Finding(subject, "good", f"The worker runs as process {pid}, since {since}.")
    if due is None:
        measured = "No worker runs; the store does not tell whether work waits."
        return Finding(subject, "unknown", measured, "See to `store` first.")
    if not due:
        return Finding(subject, "good", "No worker runs, and no work is due; it starts by itself.")
    advice = "Open Bahriya, or run `bahriya worker run`; if it ends at once, see its log."
    return Finding(subject, "attention", "Work is due, and no worker runs.", advice)


def judge_refreshes(pid: int | None, due: Sequence[tuple[str, str]]) -> list[Finding]:
    """Say whether tokens that end are replaced; `due` has each registry with when that is to be done next."""
    if not due:
        return []
    subject, at = "token refresh", clock.minute(min(at for _, at in due))
    of = f"registr{'y' if len(due) == 1 else 'ies'} {listed([name for name, _ in due])}"
    if pid is not None:
        return [Finding(subject, "good", f"The worker refreshes the tokens of {of}: next at {at}.")]
    measured = f"Tokens of {of} are not refreshed while no worker runs: next at {at}."
    return [Finding(subject, "attention", measured, f"Open Bahriya, or run `bahriya worker run`. {_SERVICE}")]


def judge_reboot(seen: ServiceSeen | None) -> Finding:
    """Say what will not happen after a reboot."""
    subject = "after a reboot"
    if seen is None:
        return unmeasured(subject, "the settings of services could not be read")
    if seen.pod:
        return Finding(subject, "good", "Kubernetes starts the worker again, with its pod.")
    if seen.enabled and seen.linger:
        return Finding(subject, "good", "A service starts the worker, also before you log in.")
    if seen.enabled:
        measured = "The service of the worker starts only when you log in."
        return Finding(subject, "attention", measured, "Run `loginctl enable-linger`.")
    measured = "Nobody starts the worker: deployments and removals that wait rest until you open Bahriya."
    if seen.systemd:
        return Finding(subject, "attention", measured, _SERVICE)
    return Finding(subject, "attention", measured, "Have this machine start `bahriya worker run`.")


def judge_logout(seen: ServiceSeen | None) -> Finding:
    """Say what a logout ends."""
    subject = "after logout"
    if seen is not None and seen.pod:
        return Finding(subject, "good", "The worker goes on: it is the pod's, and no login's.")
    if seen is None or seen.kills is None:
        return unmeasured(subject, "whether a logout ends your processes is not written down here")
    if not seen.kills:
        return Finding(subject, "good", "The worker goes on: logind leaves your processes alone.")
    if seen.enabled and seen.linger:
        return Finding(subject, "good", "The worker goes on: it is a service, which logind leaves alone.")
    return Finding(
        subject,
        "attention",
        "logind ends your processes, the worker with them; its work rests until you open Bahriya.",
        "Run `loginctl enable-linger`, then `systemd-run --user --unit=bahriya-worker bahriya worker run`.",
    )


def kills_processes(files: Sequence[str], user: str) -> bool | None:
    """Read from logind.conf and its drop-ins, in their order, whether a logout ends the processes of `user`.

    What is built in stands in the main file as a comment. Source: logind.conf(5).
    """
    settings = {"KillUserProcesses": "", "KillOnlyUsers": "", "KillExcludeUsers": "root"}
    for commented in (True, False):
        for text in files:
            settings.update(_settings(text, settings, commented=commented))
    if user in settings["KillExcludeUsers"].split():
        return False
    if settings["KillOnlyUsers"] and user not in settings["KillOnlyUsers"].split():
        return False
    return _BOOLEANS.get(settings["KillUserProcesses"].lower())


_BOOLEANS = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "on"), True),
    **dict.fromkeys(("0", "no", "n", "false", "f", "off"), False),
}


def _settings(text: str, names: dict[str, str], *, commented: bool) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if name.startswith("#") == commented and equals and name.strip("# ") in names:
            yield name.strip("# "), value.strip()
