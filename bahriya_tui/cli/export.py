"""`bahriya export`: what there is, as a file that `bahriya apply` takes."""

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.operations.declare import export
from bahriya_tui.operations.link import missing
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import containers, projects


@click.command("export")
@common
def command(asked: Common) -> None:
    """Print regions, projects (or --project P), registries without passwords, and containers as YAML."""
    with open_session() as session:
        if asked.project is not None:
            projects.get(session.connection, asked.project)
        known = [asked.project] if asked.project else [one.handle for one in projects.all(session.connection)]
        document = export(session.connection, known)
        for project in known:
            for container in containers.all(session.connection, project):
                for sentence in missing(container):
                    output.note(f"left out of container {container.handle}: {sentence}")
    if asked.json:
        output.show(document, as_json=True)
        return
    import yaml

    click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)
