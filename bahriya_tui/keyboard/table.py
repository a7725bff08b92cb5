"""Every key of every screen in one table: what it is called, where it works, and what the help says of it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key, the action it starts and the places it works in."""

    keys: str
    action: str
    label: str
    where: str
    help: str
    show: bool = True
    sign: str | None = None
    """How the key is written, where its name is no good."""
    early: bool = False
    """Acts before keys that were typed ahead of it have been taken in by the widget they went to."""
    id: str = ""
    """What the action is called where another row of the same place has that name."""

    @property
    def name(self) -> str:
        """What the action is called in a file of keys: in one place no two rows are called the same."""
        named = self.action if self.action.isidentifier() else self.label
        return self.id or "_".join(re.findall(r"[a-z]+", named.lower()))

    @property
    def places(self) -> tuple[str, ...]:
        """Where it works."""
        return tuple(self.where.split())

    @property
    def each(self) -> tuple[str, ...]:
        """The keys one by one; none where the action is reached through the palette alone."""
        return tuple(filter(None, self.keys.split(",")))

    @property
    def shown(self) -> str:
        """How the key is written on screens."""
        return self.sign or self.keys.partition(",")[0]


MARKABLE = "registries containers regions deployments"
"""The lists in which lines can be marked."""

TABLE = (
    Key("enter", "details", "Details", "list", "all about the chosen line", sign="⏎"),
    Key("n", "new", "New", "registries containers regions", "make a new one"),
    Key("i", "take_contexts", "Import", "regions", "take the contexts of a kubeconfig as regions"),
    Key(
        "i",
        "take_logins",
        "Import",
        "registries",
        "take the logins of Docker or Podman, or of a region",
        show=False,
    ),
    Key("e", "edit", "Edit", "registries containers regions", "change the chosen one"),
    Key(
        "r",
        "rotate",
        "Rotate",
        "registries",
        "new token: checked, then brought to what runs as you choose",
    ),
    Key("u", "usage", "Who pulls", "registries", "who pulls with which version; may the old token go?"),
    Key("enter", "watch", "Watch", "usage", "the deployment that brought it, or brings it", sign="⏎"),
    Key("d", "bring", "Bring", "usage", "take the current token to what still pulls with another"),
    Key("b", "go_back", "Go back", "usage", "let the version before count again, after a question"),
    Key(
        "t",
        "test",
        "Test",
        "registries regions",
        "ask the registry; contact the region",
    ),
    Key("c", "connection", "Connection", "registries", "plain HTTP, a private CA, a proxy", show=False),
    Key("t", "check_again", "Check again", "check", "ask the registry once more"),
    Key("i", "image", "Image", "check", "try an image that no container uses yet"),
    Key("a", "again", "Ask again", "check", "send a token again that was rejected, after a question"),
    Key("r", "rotate", "Rotate", "check", "new token: checked, then brought to what runs as you choose"),
    Key("c", "connection", "Connection", "check", "plain HTTP, a private CA, a proxy"),
    Key("m", "matrix", "Matrix", "registries", "registry by region: in sync, edited, missing"),
    Key("r,f5", "read", "Read again", "matrix", "ask the regions what is there now", sign="r"),
    Key("R", "repair", "Repair", "matrix", "write the pull secrets of this place again"),
    Key("A", "repair_all", "Repair all", "matrix", "write again all that the filter shows"),
    Key("l", "link", "Link", "containers", "choose the registry the container pulls with"),
    Key("d", "deploy", "Deploy", "containers", "put it into all its regions, at once or in waves"),
    Key("n", "new", "New", "deployments", "deploy a container"),
    Key("x", "delete", "Delete", "registries containers regions", "delete it, after a warning"),
    Key("w", "pending", "Pending", "registries regions", "what still has to go from regions, and why"),
    Key("t", "try_now", "Try now", "leaving", "try the region now, not when the next try is due"),
    Key(
        "c",
        "cancel",
        "Cancel",
        "deployments run",
        "stop it; regions that are done stay as they are",
    ),
    Key(
        "R",
        "retry",
        "Retry",
        "deployments run",
        "try what failed again",
    ),
    Key("o", "resume", "Go on", "deployments run", "let a held deployment go on; answers a gate"),
    Key("b", "rollback", "Roll back", "deployments run", "deploy the revision before this one"),
    Key("v", "verify", "Verify", "audit", "whether the log is as it was written, in regions too"),
    Key("u", "unlock", "Unlock", "security run matrix", "type the vault's passphrase; it opens for an hour"),
    Key("L", "lock", "Lock", "security", "let the vault forget its keys now"),
    Key("r,f5", "measure", "Measure again", "security", "look at everything once more", sign="r"),
    Key("space", "mark", "Mark", MARKABLE, "mark the line; keys then act on all marked ones", show=False),
    Key("ctrl+a", "mark_all", "Mark all", MARKABLE, "all that the filter shows; again: none", show=False),
    Key("escape", "unmark", "Clear marks", MARKABLE, "unmark all lines", sign="esc"),
    Key("y", "copy", "Copy", MARKABLE, "copy the name of the line, or of all marked ones", show=False),
    Key("Y", "copy_command", "Copy command", MARKABLE, "copy the command that shows the line", show=False),
    Key("y", "copy", "Copy", "detail run", "copy the last error, or else the name", show=False),
    Key(
        "slash",
        "filter",
        "Filter",
        "list",
        "keep lines that contain every word; Esc clears",
        early=True,
        sign="/",
    ),
    Key("E", "expiring", "Expiring", "list", "the credentials that end soon or have ended", show=False),
    Key(
        "z", "hush", "Hide warning", "list", "of credentials that end soon, until the next start", show=False
    ),
    Key("a", "advice", "Advice", "list", "what could be better about the registries", show=False),
    Key("s", "sort", "Sort", "list", "by the next column; after the last, as it was", show=False),
    Key("S", "reverse", "Reverse", "list", "sort the other way round", show=False),
    Key("p", "project", "Project", "list", "choose, create or delete a project"),
    Key("enter", "alone", "Log of it", "run", "log of the chosen region alone; again for all", sign="⏎"),
    Key("tab", "app.focus_next", "Regions/log", "run", "move between the regions and the log", sign="tab"),
    Key("escape", "back", "Back", "run detail usage matrix leaving", "return to the list", sign="esc"),
    Key("escape", "unfilter", "Clear filter", "list", "show all lines again", sign="esc"),
    Key("question_mark", "screen.help", "Help", "app", "this page", sign="?"),
    Key("q", "quit", "Quit", "app", "leave; deployments go on without you"),
    Key("ctrl+z", "suspend_process", "Stop", "app", "to the shell; fg returns", show=False, early=True),
    Key("ctrl+l", "draw_again", "Draw again", "app", "all of the screen, after a stray line", show=False),
    Key("1", "mode('registries')", "Registries", "app", "credentials of private registries", show=False),
    Key("2", "mode('containers')", "Containers", "app", "what runs", show=False),
    Key("3", "mode('regions')", "Regions", "app", "where it runs", show=False),
    Key(
        "4", "mode('deployments')", "Deployments", "app", "what was done, and what is being done", show=False
    ),
    Key("5", "mode('audit')", "Audit", "app", "who did what, and every opening of a credential", show=False),
    Key("6", "mode('security')", "Security", "app", "what protects this installation", show=False),
    Key("ctrl+p,colon", "command_palette", "Palette", "app", "actions by name", show=False, sign="ctrl+p"),
    Key("f2", "tour(1)", "Skip", "tour", "to the next step of the tour", show=False, early=True),
    Key("f3", "tour(-1)", "Back", "tour", "to the step before", show=False, early=True),
    Key("f4", "leave_tour", "Leave", "tour", "put the strip away; the demo goes on", show=False, early=True),
    Key("down,j", "move(1)", "Down", "table", "next line", show=False, sign="↓ j"),
    Key("up,k", "move(-1)", "Up", "table", "line before", show=False, sign="↑ k"),
    Key(
        "pagedown,ctrl+f,right",
        "page(1)",
        "Page down",
        "table",
        "a page down",
        show=False,
        sign="PgDn",
    ),
    Key("pageup,ctrl+b,left,h", "page(-1)", "Page up", "table", "a page up", show=False, sign="PgUp"),
    Key("ctrl+d", "half(1)", "Half down", "table detail", "half a page down", show=False),
    Key("ctrl+u", "half(-1)", "Half up", "table detail", "half a page up", show=False),
    Key(
        "l",
        "page(1)",
        "Page down",
        "registries regions deployments audit security",
        "a page down",
        show=False,
    ),
    Key("home,g", "to(0)", "First", "table", "first line", show=False, sign="g"),
    Key("end,G", "to(-1)", "Last", "table", "last line", show=False, sign="G"),
    Key("right,l", "screen.across(1)", "Right", "grid", "next registry", show=False, sign="→ l"),
    Key("left,h", "screen.across(-1)", "Left", "grid", "registry before", show=False, sign="← h"),
    Key("left", "app.focus_previous", "Before", "dialog", "button before", show=False),
    Key("right", "app.focus_next", "Next", "dialog", "next button", show=False),
    Key("down,j", "scroll(1)", "Down", "dialog", "read on", show=False),
    Key("up,k", "scroll(-1)", "Up", "dialog", "read back", show=False),
    Key("escape", "turn_back", "Cancel", "dialog", "leave without changing anything", sign="esc"),
    Key("enter", "submit", "Save", "form", "save what was typed", show=False, id="submit_line"),
    Key("ctrl+s", "submit", "Save", "form", "save what was typed", sign="ctrl+s"),
    # Without this, what is typed ahead over a slow line would all go to the field one was in.
    Key("tab", "app.focus_next", "Next field", "form", "next field", show=False, early=True),
    Key("shift+tab", "app.focus_previous", "Field before", "form", "field before", show=False, early=True),
    Key("up", "app.focus_previous", "Field before", "form line", "field before", show=False, id="above"),
    Key("down", "app.focus_next", "Next field", "form line", "next field", show=False, id="below"),
    Key("enter", "open", "Open", "projects", "show the chosen project", sign="⏎"),
    Key("n", "new", "New", "projects", "make a new project"),
    Key("x", "delete", "Delete", "projects", "delete the chosen project, when nothing is left in it"),
    Key("j,down", "scroll(1)", "Down", "detail warning", "scroll down", show=False),
    Key("k,up", "scroll(-1)", "Up", "detail warning", "scroll up", show=False),
    Key("pagedown", "scroll(8)", "Page down", "warning", "scroll down", show=False),
    Key("pageup", "scroll(-8)", "Page up", "warning", "scroll up", show=False),
)

_LISTS = (
    "new",
    "take_contexts",
    "take_logins",
    "edit",
    "connection",
    "rotate",
    "test",
    "link",
    "deploy",
    "delete",
)
_SHEETS = ("cancel", "retry", "resume", "rollback", "bring", "go_back", "read", "repair", "repair_all")
_CHECKS = ("check_again", "image", "again")
CHANGES = frozenset((*_LISTS, *_SHEETS, *_CHECKS, "unlock", "lock", "try_now"))
"""The actions that change something, which screens that only look refuse and do not offer."""


def changes(action: str) -> bool:
    """Tell whether `action`, as bindings name it, changes something."""
    return action.removeprefix("screen.") in CHANGES


_LISTED = ("registries", "containers", "regions", "deployments", "audit", "security")
_TOGETHER = (
    *((one, "list", "table", "app") for one in _LISTED),
    ("matrix", "list", "grid", "table", "app"),
    ("check", "detail", "app"),
    ("dialog", "form", "line"),
    ("dialog", "projects", "table"),
)
_OF_THE_DEMO = "tour"
"""The demo has the default keys always: whoever wants one of these elsewhere takes it from nobody."""
_ALONE = {place for key in TABLE for place in key.places} - {_OF_THE_DEMO, *sum(_TOGETHER, ())}
SCOPES = (*_TOGETHER, *((one, "table", "app") for one in sorted(_ALONE)))
"""The places whose keys work at the same time."""
TYPED = ("dialog", "form", "line")
"""The places where characters are typed into fields, so that no action can have one as its key."""
NEEDED = ("quit", "command_palette", "back", "turn_back")
"""The actions that always have a key: one can leave, and find the others by name."""
