"""`bahriya worker`: the background process; it starts by itself, this looks at it or runs it in front."""

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.places import places


@click.group("worker", no_args_is_help=False)
def command() -> None:
    """The background process that does the work."""


@command.command("run")
@click.option("--lifeline", type=int, metavar="FD", help="End when this pipe closes.")
@common
def run(asked: Common, lifeline: int | None) -> None:  # noqa: ARG001
    """Run the worker in the foreground, as a service does."""
    from bahriya_tui.launch.become import become

    # The worker is another program: this one must not even be able to import what it holds.
    lifelines = [] if lifeline is None else ["--lifeline", str(lifeline)]
    become(places(), "worker", lifelines)


@command.command("status")
@common
def status(asked: Common) -> None:
    """Say whether a worker runs, and what waits for one."""
    from bahriya_tui.launch.worker import worker_running
    from bahriya_tui.operations.session import open_session
    from bahriya_tui.store import work

    with open_session() as session:
        pid = worker_running(session.places)
        due = work.next_due(session.connection)
        found = records.WorkerStatus(running=pid is not None, pid=pid, next_work=due)
        output.show(found, as_json=asked.json)


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
