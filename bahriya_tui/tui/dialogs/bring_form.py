"""What happens now that another version counts: nothing yet, a deployment in waves, or a push."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import unserved
from bahriya_tui.model.waves import failures_allowed, parse_batch, parse_soak
from bahriya_tui.tui.dialogs.deploy_form import refusals, refused
from bahriya_tui.tui.dialogs.form import Field, Form, One, Text
from bahriya_tui.tui.present.text import count, listed

Now = Literal["nothing", "deploy", "push"]


@dataclass(frozen=True, slots=True)
class BringDraft:
    """What happens now, and how carefully; the rest is for a deployment alone."""

    now: Now = "nothing"
    canary: str | None = None
    soak: str | None = None
    gate: bool = False
    batch: str | None = None
    max_failures: str | None = None
    force: bool = False


class BringForm(Form[BringDraft]):
    """Starts on doing nothing: the next deployment of each container takes the version."""

    save = "Go on"

    def __init__(
        self,
        registry: Registry,
        users: Sequence[Container],
        *,
        push: bool,
        registries: Sequence[Registry] = (),
    ) -> None:
        super().__init__()
        self.in_vain = [found for one in users for found in unserved(one, registries)]
        self.users, self.push = users, push
        self.question = f"{registry.handle} is at v{registry.version}: what happens now?"
        told = f"A deployment takes it to {listed([one.handle for one in users])}, at once or in waves."
        leaked = " Push is for a token that leaked: running secrets get the new one, nothing restarts."
        self.note = (told if users else "No container is linked to it.") + (leaked if push else "")
        self.note += refusals(self.in_vain)

    def fields(self) -> Iterable[Field]:
        """What happens, and the waves of a deployment."""
        d = self.draft or BringDraft()
        yield One("now", "Now", self._ways(), d.now)
        if not self.users:
            return
        if self.in_vain:
            ways = (("", "a deployment is refused"), ("force", "deploy it all the same"))
            yield One("force", "Refused", ways, "force" if d.force else "")
        regions = list(dict.fromkeys(region for one in self.users for region in one.regions))
        yield One("canary", "Canary", (("", "none"), *((one, one) for one in regions)), d.canary or "")
        yield Text("soak", "Soak", d.soak or "", "5m: so long the canary must run well")
        gate = (("", "go on by itself"), ("gate", "wait until somebody resumes it"))
        yield One("gate", "After it", gate, "gate" if d.gate else "")
        yield Text("batch", "Batch", d.batch or "", "5 or 25% of the regions at a time, or nothing")
        yield Text(
            "failures", "Max failures", d.max_failures or "", "2 or 10%: more than that holds the rest"
        )

    def read(self) -> BringDraft:
        """Check the waves, and that they are for a deployment."""
        now = cast("Now", self.one("now"))
        if not self.users:
            return BringDraft(now)
        draft = BringDraft(
            now,
            self.one("canary") or None,
            self.text("soak") or None,
            bool(self.one("gate")),
            self.text("batch") or None,
            self.text("failures") or None,
            bool(self.in_vain) and self.one("force") == "force",
        )
        _check(draft)
        if now == "deploy" and self.in_vain and not draft.force:
            raise refused()
        return draft

    def _ways(self) -> tuple[tuple[str, str], ...]:
        ways = [("nothing", "nothing: the next deployment takes it")]
        if self.users:
            ways.append(("deploy", f"deploy {count(len(self.users), 'container')}"))
        if self.push:
            ways.append(("push", "push it into what runs (token leaked)"))
        return tuple(ways)


def _check(draft: BringDraft) -> None:
    waves = (draft.canary, draft.soak, draft.gate, draft.batch, draft.max_failures)
    if draft.now != "deploy" and any(waves):
        raise BadInput("waves were named, but nothing is to be deployed", "choose deploy, or clear them")
    if draft.canary is None and (draft.soak or draft.gate):
        raise BadInput("only a canary soaks, or waits for approval", "choose one")
    if draft.soak:
        parse_soak(draft.soak)
    if draft.batch:
        parse_batch(draft.batch)
    if draft.max_failures:
        failures_allowed(draft.max_failures, 0)
