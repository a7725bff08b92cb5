"""How a deployment goes through the regions; and the small question which registry or container is meant."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.errors import BadInput, InUse
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import Unserved, unserved
from bahriya_tui.model.waves import failures_allowed, parse_batch, parse_soak
from bahriya_tui.tui import keys
from bahriya_tui.tui.dialogs.form import Field, Form, One, Text
from bahriya_tui.tui.present.regions import warning
from bahriya_tui.tui.present.text import count, listed

if TYPE_CHECKING:
    from bahriya_tui.operations.way import Careful


@dataclass(frozen=True, slots=True)
class DeployDraft:
    """The order: all at once with nothing given."""

    canary: str | None = None
    batch: str | None = None
    soak: str | None = None
    gate: bool = False
    max_failures: str | None = None
    force: bool = False
    """Deploy also what is linked to a registry that cannot serve its image."""

    @property
    def careful(self) -> "Careful":
        """Give it to the operation that starts a deployment."""
        return {
            "canary": self.canary,
            "batch": self.batch,
            "soak": self.soak,
            "gate": self.gate,
            "max_failures": self.max_failures,
        }


class OrderForm(Form[DeployDraft]):
    """Asks in which order the regions are taken, and how carefully."""

    places: tuple[str, ...] = ()
    """The regions, from which the canary is chosen."""

    def fields(self) -> Iterable[Field]:
        """Canary, its soak and gate, batch and how many may fail."""
        d = self.draft or DeployDraft()
        regions = tuple((region, region) for region in self.places)
        yield One("canary", "First", (("", "all regions at once"), *regions), d.canary or "")
        yield Text("soak", "Soak", d.soak or "", "5m: the first must run well for so long")
        ways = (("", "the others begin by themselves"), ("gate", "wait until somebody says go on"))
        yield One("gate", "After it", ways, "gate" if d.gate else "")
        yield Text("batch", "Batch", d.batch or "", "5 or 25% at a time, or nothing")
        yield Text("failures", "May fail", d.max_failures or "", "2 or 10%; more hold the rest")

    def read(self) -> DeployDraft:
        """Check batch, soak and failures; `BadInput` where a soak or a gate lacks a first region."""
        draft = DeployDraft(
            canary=self.one("canary") or None,
            batch=self.text("batch") or None,
            soak=self.text("soak") or None,
            gate=self.one("gate") == "gate",
            max_failures=self.text("failures") or None,
        )
        if draft.batch is not None:
            parse_batch(draft.batch)
        if draft.soak is not None:
            parse_soak(draft.soak)
        if draft.max_failures is not None:
            failures_allowed(draft.max_failures, len(self.places))
        if draft.canary is None and (draft.soak is not None or draft.gate):
            raise BadInput(
                "only a region that goes first soaks, or waits for approval", "choose one in First"
            )
        return draft


class DeployForm(OrderForm):
    """Shows what is deployed and where, and asks for the order, the same for all."""

    save = "Deploy"
    begin = "#save"

    def __init__(
        self,
        containers: Sequence[Container],
        protected: Collection[str] = (),
        registries: Sequence[Registry] = (),
    ) -> None:
        super().__init__()
        self.in_vain = [found for one in containers if (found := unserved(one, registries))]
        """What is refused, of each container that has something to refuse."""
        self.others = len(self.in_vain) < len(containers)
        """Whether anything is left to deploy without these."""
        if self.in_vain:
            self.begin = "#force"
        self.places = tuple(dict.fromkeys(region for one in containers for region in one.regions))
        where = f"{count(len(self.places), 'region')}: {listed(list(self.places))}"
        lost = [one for one in containers if one.registry_missing]
        if len(containers) == 1:
            (one,) = containers
            self.question = f"Deploy {one.handle}, revision {one.revision + 1}"
            self.note = f"{one.image} to {where}.{warning(self.places, protected)}"
            if lost:
                self.note += f" Its registry {one.registry} was deleted: no region will be able to pull."
            self._tell_what_is_refused()
            return
        self.question = f"Deploy {count(len(containers), 'container')}"
        self.note = f"{listed([one.handle for one in containers])}, each to its own of {where}."
        self.note += warning(self.places, protected)
        for one in lost:
            self.note += f" The registry of {one.handle} was deleted: no region will be able to pull it."
        self._tell_what_is_refused()

    def fields(self) -> Iterable[Field]:
        """The order, and before it whether what cannot be pulled is deployed all the same."""
        if self.in_vain:
            ways = (
                ("", "leave them out" if self.others else "no, do not deploy it"),
                ("force", "deploy it all the same"),
            )
            yield One("force", "Refused", ways, "force" if self.draft and self.draft.force else "")
        yield from super().fields()

    def read(self) -> DeployDraft:
        """Check the order; `InUse` where all there is would be refused and that is not overridden."""
        draft = super().read()
        if not self.in_vain:
            return draft
        force = self.one("force") == "force"
        if not force and not self.others:
            raise refused()
        return replace(draft, force=force)

    def _tell_what_is_refused(self) -> None:
        for found in self.in_vain:
            self.note += refusals(found)


def refusals(found: Iterable[Unserved]) -> str:
    """Write what cannot be served, a line for each."""
    return "".join(f"\n✕ {one.sentence[0].upper()}{one.sentence[1:]}." for one in found)


def refused() -> InUse:
    """Give the refusal of a deployment of what cannot be served, with both ways out of it."""
    way = f"link another registry ({keys.sign('containers.link')}), or choose to deploy it all the same"
    return InUse("nothing is deployed that its linked registry cannot serve", way)


class RollBackForm(OrderForm):
    """Says what a rollback of `run` does, and asks for the order."""

    save = "Roll back"
    begin = "#cancel"

    def __init__(
        self,
        run: Deployment,
        places: tuple[str, ...],
        protected: Collection[str] = (),
        notes: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self.places = places
        self.question = f"Roll back deployment {run.id}"
        self.note = (
            f"{run.container} goes back to the last revision before {run.revision} that ran everywhere."
            " The rollback is a deployment of its own, with the credentials used at that time."
        ) + warning(places, protected)
        self.note += "".join(f"\n▲ {one[0].upper()}{one[1:]}." for one in notes)


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
