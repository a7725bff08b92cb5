"""`bahriya worker`: the background process; it starts by itself, this looks at it or runs it in front."""

import sys
from pathlib import Path

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.cli.worker_manifest import manifest
from bahriya_tui.places import places


@click.group("worker", no_args_is_help=False)
def command() -> None:
    """The background process that does the work."""


command.add_command(manifest)


@command.command("run")
@click.option("--lifeline", type=int, metavar="FD", help="End when this pipe closes.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="BAHRIYA_LOG_LEVEL",
    help="The least level that goes to the log; default: $BAHRIYA_LOG_LEVEL, or info.",
)
@common
def run(asked: Common, lifeline: int | None, log_level: str | None) -> None:  # noqa: ARG001
    """Run the worker in the foreground, as a service does."""
    from bahriya_tui.launch.become import become

    # The worker is another program: this one must not even be able to import what it holds.
    options = [] if lifeline is None else ["--lifeline", str(lifeline)]
    options += [] if log_level is None else ["--log-level", log_level]
    become(places(), "worker", options)


@command.command("status")
@click.option("--exit-code", is_flag=True, help="End with 1 unless one runs and does its work; for probes.")
@common
def status(asked: Common, exit_code: bool) -> None:
    """Say whether a worker runs, and what waits for one."""
    from bahriya_tui.launch.worker import worker_running
    from bahriya_tui.model.clock import now
    from bahriya_tui.model.errors import Failed
    from bahriya_tui.operations.session import open_session
    from bahriya_tui.store import work

    with open_session() as session:
        pid = worker_running(session.places)
        due = work.next_due(session.connection)
        found = records.WorkerStatus(running=pid is not None, pid=pid, next_work=due)
        output.show(found, as_json=asked.json)
        if exit_code and pid is None:
            raise Failed("no worker runs", "see the end of its log, or run `bahriya worker run`")
        if exit_code and work.left_alone(session.connection, now()):
            raise Failed("the worker has fallen silent", "end it; the next one goes on from there")


@command.command("stop")
@common
def stop(asked: Common) -> None:
    """Stop the worker. What it was doing goes on when the next one starts."""
    from bahriya_tui.launch.worker import stop_worker

    found = places()
    found.prepare()
    stopped = stop_worker(found)
    if asked.json:
        output.show(records.WorkerStopped(stopped=stopped), as_json=True)
    output.say("the worker was stopped" if stopped else "no worker was running", as_json=asked.json)


@command.command("unit")
@click.option("--user", metavar="U", help="A unit of the machine, which runs as U; default: one of your own.")
@common
def unit(asked: Common, user: str | None) -> None:  # noqa: ARG001
    """Print the unit with which systemd keeps a worker running."""
    from bahriya_tui.model import unit as units

    program = Path(sys.argv[0]).absolute()
    command = [str(program)] if program.name == "bahriya" else [sys.executable, "-I", "-m", "bahriya_tui"]
    click.echo(units.unit(command, places().environment().get("BAHRIYA_HOME"), user), nl=False)


@command.command("metrics")
@common
def metrics(asked: Common) -> None:
    """Print what to watch in Prometheus' text format, for a textfile collector. No region is asked."""
    from bahriya_tui.model.metrics import text
    from bahriya_tui.operations.metrics import measure
    from bahriya_tui.operations.session import open_session

    with open_session() as session:
        found = measure(session)
    if asked.json:
        output.listing(found, [], as_json=True)
    else:
        click.echo(text(found), nl=False)
