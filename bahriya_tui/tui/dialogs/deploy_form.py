"""How a deployment goes through the regions; and the small question which registry or container is meant."""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model.container import Container
from bahriya_tui.model.waves import parse_batch
from bahriya_tui.tui.dialogs.form import Field, Form, One, Text
from bahriya_tui.tui.present.text import count, listed


@dataclass(frozen=True, slots=True)
class DeployDraft:
    """The order: all at once with neither given."""

    canary: str | None
    batch: str | None


class DeployForm(Form[DeployDraft]):
    """Shows what is deployed and where, and asks for the order."""

    save = "Deploy"
    begin = "#save"

    def __init__(self, container: Container) -> None:
        super().__init__()
        self.container = container
        self.question = f"Deploy {container.handle}, revision {container.revision + 1}"
        where = f"{count(len(container.regions), 'region')}: {listed(list(container.regions))}"
        self.note = f"{container.image} to {where}."
        if container.registry_missing:
            self.note += f" Its registry {container.registry} was deleted: no region will be able to pull."

    def fields(self) -> Iterable[Field]:
        """Canary and batch."""
        d = self.draft or DeployDraft(None, None)
        regions = tuple((region, region) for region in self.container.regions)
        yield One("canary", "First", (("", "all regions at once"), *regions), d.canary or "")
        yield Text("batch", "Batch", d.batch or "", "5 or 25% at a time, or nothing")

    def read(self) -> DeployDraft:
        """Check the batch."""
        batch = self.text("batch") or None
        if batch is not None:
            parse_batch(batch)
        return DeployDraft(self.one("canary") or None, batch)


class Pick(Form[str]):
    """Asks for one of several values."""

    def __init__(
        self,
        question: str,
        label: str,
        options: tuple[tuple[str, str], ...],
        value: str,
        save: str,
        note: str = "",
    ) -> None:
        super().__init__()
        self.question, self.label, self.options, self.save, self.note = question, label, options, save, note
        self.draft = value

    def fields(self) -> Iterable[Field]:
        """The values."""
        yield One("value", self.label, self.options, self.draft or "")

    def read(self) -> str:
        """Give the chosen one."""
        return self.one("value")
