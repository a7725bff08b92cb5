"""Taking logins that are kept elsewhere: where to look, into which secrets, and which logins to take."""

from collections.abc import Iterable, Sequence

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.importing import ForeignSecret, Planned
from bahriya_tui.tui.dialogs.form import Field, Form, Many, One

FILES = ""
"""Among places to look in, the usual files; the others are regions."""
_NOTHING = ("nothing is marked", "space marks a line; Esc leaves")
_TOLD = 4
"""Logins that cannot be taken are told one by one up to so many."""


class WhereForm(Form[str]):
    """Asks where to look."""

    question = "Import logins"
    save = "Look"
    note = "Processes of their own read what is there: no password enters this one."

    def __init__(self, regions: Sequence[str]) -> None:
        super().__init__()
        self.regions = regions

    def fields(self) -> Iterable[Field]:
        """The files, or a region."""
        places = (
            (FILES, "files of Docker and Podman here"),
            *((one, f"region {one}") for one in self.regions),
        )
        yield One("where", "From", places, self.draft or FILES)

    def read(self) -> str:
        """Give the region, or `FILES`."""
        return self.one("where")


class SecretsForm(Form[tuple[str, ...]]):
    """Asks which pull secrets of others to look into."""

    save = "Look into them"
    note = "Space marks a secret, ctrl+s goes on. What is in them is read by a process of its own."

    def __init__(self, region: str, secrets: Sequence[ForeignSecret]) -> None:
        super().__init__()
        self.question, self.secrets = f"Pull secrets of others in {region}", secrets

    def fields(self) -> Iterable[Field]:
        """Each secret."""
        yield Many(
            "secrets", "Secrets", tuple((one.path, one.path) for one in self.secrets), self.draft or ()
        )

    def read(self) -> tuple[str, ...]:
        """Give the marked ones, `NAMESPACE/NAME`."""
        marked = self.many("secrets")
        if not marked:
            raise BadInput(*_NOTHING)
        return marked


class LoginsForm(Form[tuple[int, ...]]):
    """Shows what becomes of each login; those that can be taken are marked already."""

    question = "Logins that were found"
    save = "Import"

    def __init__(self, planned: Sequence[Planned]) -> None:
        super().__init__()
        self.planned = planned
        self.note = "\n".join(_remarks(planned))

    def fields(self) -> Iterable[Field]:
        """Each login that can be taken."""
        new = [(str(index), _line(one)) for index, one in enumerate(self.planned) if one.fate == "new"]
        marked = tuple(index for index, _ in new) if self.draft is None else tuple(map(str, self.draft))
        yield Many("logins", "Logins", tuple(new), marked)

    def read(self) -> tuple[int, ...]:
        """Give the places of the marked ones among the planned."""
        marked = self.many("logins")
        if not marked:
            raise BadInput(*_NOTHING)
        return tuple(int(one) for one in marked)


def refusals(planned: Sequence[Planned]) -> list[str]:
    """Say of each login that is not taken why."""
    return [f"{one.login.words}: {one.reason}" for one in planned if one.fate != "new"]


def _line(one: Planned) -> str:
    return f"{one.login.words} as {one.handle}"


def _remarks(planned: Sequence[Planned]) -> list[str]:
    """Say which programs would be run, what was repaired, and what is left out."""
    new = [one.login for one in planned if one.fate == "new"]
    helpers = [f"{one.words}: runs {one.helper}" for one in new if one.helper]
    notes = [f"{one.key}: {said}" for one in new for said in one.notes]
    left_out = refusals(planned)
    more = [f"and {len(left_out) - _TOLD} more that cannot be taken"] if len(left_out) > _TOLD else []
    return [
        "Space marks, ctrl+s imports. Each is checked first.",
        *helpers,
        *notes[:_TOLD],
        *left_out[:_TOLD],
        *more,
    ]
