"""`bahriya man`: the manual page, made of the commands themselves."""

from collections.abc import Iterator

import click

from bahriya_tui import __version__
from bahriya_tui.cli.examples import lines_of
from bahriya_tui.cli.options import Common, common
from bahriya_tui.cli.roff import Page
from bahriya_tui.model import clock
from bahriya_tui.screen import OPTIONS

_DESCRIPTION = (
    "Each region is a Kubernetes cluster. Registries hold the credentials of private OCI registries, which "
    "can be written and never read back. Containers are deployed to all their regions at once by a "
    "background worker, which goes on when the session ends.",
    "Without a command the screens are opened; every screen has a command that does the same.",
)
_ENVIRONMENT = (
    ("BAHRIYA_HOME", "One folder for store, keys and logs, in the place of those under FILES."),
    ("BAHRIYA_LOG_LEVEL", "The least level that a worker writes to its log: debug, info, warning, error."),
    ("BAHRIYA_PROJECT", "The project that is meant where --project is not given."),
    ("BAHRIYA_DISPLAY", "With the value stock, Textual draws the screens as it does by itself."),
    ("BAHRIYA_WORKER_IDLE", "Seconds after which a worker without work ends."),
    ("KUBECONFIG", "The first file named here is where regions are read from by default."),
    ("NO_COLOR", "When set, the screens are drawn without colours."),
)
_FILES = (
    ("~/.local/share/bahriya/bahriya.db", "The store. The credentials in it are sealed."),
    ("~/.config/bahriya/keys/public", "The keys that credentials are sealed with."),
    ("~/.config/bahriya/keys/private", "The keys that open them: no screen and no command may read these."),
    ("~/.config/bahriya/keys.toml", "Other keys for the screens; see bahriya keys."),
    ("~/.config/bahriya/hooks.toml", "Commands that are run when something needs a person."),
    ("~/.local/state/bahriya/log", "What the worker writes, and what is known of a crash."),
)
EXIT_STATUS = (
    ("0", "done"),
    ("1", "the operation failed, in part or whole; a check or `apply --dry-run` found something"),
    ("2", "bad input; nothing was written (`apply` keeps the steps before it)"),
    ("3", "refused, because something is in use, or a region is protected"),
    ("4", "a thing named by an argument does not exist"),
    ("5", "locked, or no permission"),
    ("130", "Ctrl-C, SIGTERM or SIGHUP: what was begun is taken back; a deployment goes on"),
)


@click.command("man")
@common
def command(asked: Common) -> None:  # noqa: ARG001
    """Print the manual page."""
    context = click.get_current_context().find_root()
    assert isinstance(context.command, click.Group)  # noqa: S101
    click.echo(str(_page(context.command)), nl=False)


def _page(root: click.Group) -> Page:
    page = Page("bahriya", __version__, clock.now()[:10])
    page.section("NAME")
    page.paragraph("bahriya - run containers in many regions from one terminal")
    page.section("SYNOPSIS")
    page.as_typed(
        f"bahriya {' '.join(f'[{option}]' for option in OPTIONS)}\nbahriya COMMAND [OPTIONS] [ARGUMENTS]"
    )
    page.section("DESCRIPTION")
    for text in _DESCRIPTION:
        page.paragraph(text)
    page.terms(OPTIONS.items())
    page.section("COMMANDS")
    commands = list(
        _leaves(root, click.Context(root, info_name="bahriya", help_option_names=["-h", "--help"]))
    )
    page.paragraph("Every command takes these options beside its own:")
    page.terms(_records(commands[0], ours=False))
    for one in commands:
        _describe(page, one)
    for title, records in (("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES), ("EXIT STATUS", EXIT_STATUS)):
        page.section(title)
        page.terms(records)
    page.section("SEE ALSO")
    page.paragraph("kubectl(1), tmux(1), systemd.service(5)")
    return page


def _leaves(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """Give every command that does something, in the order of the help."""
    if not isinstance(command, click.Group):
        yield context
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None  # noqa: S101
        yield from _leaves(inner, click.Context(inner, info_name=name, parent=context))


def _describe(page: Page, context: click.Context) -> None:
    path, usage = context.command_path, context.command.collect_usage_pieces(context)
    page.part(" ".join((path, *usage)))
    for text in (context.command.help or "").split("\n\n"):
        _, verbatim, lines = text.partition("\b\n")
        page.as_typed(lines) if verbatim else page.paragraph(text)
    page.terms(_records(context, ours=True))
    if examples := lines_of(path.partition(" ")[2]):
        page.paragraph("Examples:")
        page.as_typed("\n".join(examples))


def _records(context: click.Context, *, ours: bool) -> Iterator[tuple[str, str]]:
    """Give the options of a command with their help: its own, or those that all commands have."""
    shared = ("--project", "--json", "--yes", "--no-input", "--help")
    for param in context.command.get_params(context):
        record = param.get_help_record(context) if isinstance(param, click.Option) else None
        if record is not None and any(option in shared for option in param.opts) is not ours:
            yield record
