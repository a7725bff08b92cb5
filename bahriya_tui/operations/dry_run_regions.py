"""Looking ahead: what is known of a project's regions, and what stages planned so far would make of it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import Deployment, Spec
from bahriya_tui.model.dry_run import Phase, RegionPlan, Stage, Step
from bahriya_tui.model.dry_run_steps import (
    Former,
    Shown,
    There,
    namespace_step,
    removed,
    rewritten,
    secret_step,
    workload_steps,
)
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.registry import ACCEPTED, Registry
from bahriya_tui.operations.deploy import Plan
from bahriya_tui.operations.push import left_alone, to_rewrite
from bahriya_tui.store import (
    containers,
    deployments,
    events,
    history,
    observations,
    pulls,
    regions,
    removals,
    secrets,
)

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

_UNUSED = "nothing there pulls with it any more"


class Ahead:
    """Plans stages one after the other, each from what the ones before would have left."""

    def __init__(self, c: "Connection", project: str) -> None:
        self._c, self._project = c, project
        self._there: dict[str, There] = {}
        self._settled: dict[str, dict[str, tuple[str, ...]]] = {}
        """By region and container, the pull secrets that a stage leaves it with."""
        self._latest = events.latest(c, project)
        self._read = {one.region: one for one in observations.all(c, project)}
        self._secrets = observations.secrets(c, project)
        self._workloads = observations.workloads(c, project)
        self._former_ones: dict[int, Deployment] = {}
        self._users: dict[tuple[str, str], set[str]] = {}
        self._number = deployments.next_id(c)

    def deployments(self, plans: Iterable[Plan]) -> tuple[Stage, ...]:
        """Plan deployments that are started together, in this order."""
        return tuple(self._deployment(plan) for plan in plans)

    def termination(self, handle: str, places: Sequence[str]) -> Stage:
        """Plan that a container goes from these regions."""
        found = tuple(self._termination_in(handle, region) for region in places)
        return Stage("terminate", found, handle, self._take_number(), len(places))

    def push(self, registry: Registry, version: int) -> tuple[Stage, tuple[str, ...]]:
        """Plan that the token of a new `version` is put into the pull secrets of older ones."""
        withdrawn = {
            one.version
            for one in history.all(self._c, registry.id)
            if one.state in ACCEPTED and one.server == registry.server
        }
        changed, others = to_rewrite(self._applied(registry), version, withdrawn)
        found = []
        for region, there_now in _by_region(changed).items():
            there = self._of(region)
            found.append(there.plan(0, [rewritten(one, version) for one in there_now]))
            new = {one.name: replace(one, holds=version) for one in there_now}
            self._there[region] = replace(there, secrets={**there.secrets, **new})
        return Stage("push", tuple(found)), left_alone(others)

    def deletion(self, registry: Registry) -> list[Stage]:
        """Plan that every pull secret of a registry goes which is there by then; empty without any."""
        why = f"registry {registry.handle} was deleted"
        found = []
        for region in _by_region(self._applied(registry)):
            there = self._of(region)
            left = [one for one in there.secrets.values() if one.registry_id == registry.id]
            steps = [removed("removing", "Secret", self._project, one.name, why, there) for one in left]
            found += [there.plan(0, steps)] if steps else []
        return [Stage("removal", tuple(found))] if found else []

    def _deployment(self, plan: Plan) -> Stage:
        number = self._take_number()
        found = tuple(
            self._deployment_in(region, wave, plan.spec, number)
            for wave, places in enumerate(plan.waves)
            for region in places
        )
        return Stage("deploy", found, plan.container.handle, number, plan.max_parallel, plan.manner)

    def _deployment_in(self, region: str, wave: int, spec: Spec, number: int) -> RegionPlan:
        there = self._of(region)
        steps = [namespace_step(self._project, there)]
        brought: dict[str, AppliedSecret] = {}
        for pull in spec.pulls:
            kept = history.held(self._c, pull.registry_id, pull.version)
            holds = pull.version if kept is None else kept.version
            steps.append(secret_step(self._project, pull, holds, there))
            brought[pull.secret] = AppliedSecret(
                self._project, region, pull.secret, pull.registry_id, pull.registry, pull.version, "", holds
            )
        steps += workload_steps(spec, (number, 1), self._former(spec.container, region), there)
        arrived = replace(there, namespace=True, secrets={**there.secrets, **brought})
        return arrived.plan(wave, steps + self._settle(arrived, spec.container, spec.secrets, "running"))

    def _termination_in(self, handle: str, region: str) -> RegionPlan:
        there, former = self._of(region), self._former(handle, region)
        placed = None if former is None else former.placement
        kinds = [kind for kind, name in sorted(there.leaving) if name == handle and kind != "Secret"]
        if placed is not None:
            service = ["Service"] if placed.service_uid is not None else []
            kinds = list(dict.fromkeys([*service, *kinds, *(kind for kind, _ in placed.workloads)]))
        why = f"container {handle} is terminated"
        steps = [removed("removing", kind, self._project, handle, why, there) for kind in kinds]
        note = "" if kinds else "nothing of it is known to be there; it is looked for"
        return there.plan(0, steps + self._settle(there, handle, (), "removing"), note)

    def _settle(self, there: There, handle: str, names: tuple[str, ...], phase: Phase) -> list[Step]:
        """Take down that a container pulls with `names` in a region; give what nothing there needs then."""
        region = there.region.id
        settled = self._settled.setdefault(region, {})
        settled[handle] = names
        named = {name for one in settled.values() for name in one}
        gone = [
            name
            for name in there.secrets
            if name not in named and not any(one not in settled for one in self._pulling(name, region))
        ]
        kept = {name: one for name, one in there.secrets.items() if name not in gone}
        self._there[region] = replace(there, secrets=kept)
        return [removed(phase, "Secret", self._project, name, _UNUSED, there) for name in gone]

    def _pulling(self, name: str, region: str) -> set[str]:
        """Name the containers that pull with a secret in a region, or are about to; not held ones."""
        if (name, region) not in self._users:
            uses = pulls.naming(self._c, self._project, name, region)
            self._users[name, region] = {one.container for one in uses if one.why != "held"}
        return self._users[name, region]

    def _of(self, region: str) -> There:
        if region not in self._there:
            self._there[region] = self._look_up(region)
        return self._there[region]

    def _look_up(self, region: str) -> There:
        c, project = self._c, self._project
        applied = secrets.applied(c, project=project, region=region)
        pending = removals.pending(c, project=project, region=region)
        read = self._read.get(region)
        return There(
            region=regions.get(c, region),
            namespace=regions.namespace_known(c, region, project),
            secrets={one.name: one for one in applied},
            leaving=frozenset((one.kind, one.name) for one in pending),
            read_at=None if read is None else read.read_at,
            shown=self._shown(region),
        )

    def _shown(self, region: str) -> Shown | None:
        """Give what a region showed, unless it is older than what was done there since."""
        read = self._read.get(region)
        if read is None or read.read_at is None or read.read_at < self._latest.get(region, ""):
            return None
        return Shown(
            read.read_at,
            {one.name: one for one in self._secrets if one.region == region},
            {one.name: one for one in self._workloads if one.region == region},
        )

    def _former(self, container: str, region: str) -> Former | None:
        placed = containers.placements(self._c, self._project, container, region)
        if not placed:
            return None
        last = self._deployed(placed[0].deployment)
        if last is None:
            return Former(placed[0], (placed[0].deployment, 0), None, arrived=False)
        return Former(placed[0], (last.id, last.fence), last.spec, arrived=_arrived(last, region))

    def _deployed(self, number: int) -> Deployment | None:
        """Find a deployment, once for all its regions; None when it is not known any more."""
        if number not in self._former_ones:
            with suppress(NotFound):
                self._former_ones[number] = deployments.get(self._c, number)
        return self._former_ones.get(number)

    def _applied(self, registry: Registry) -> list[AppliedSecret]:
        return secrets.applied(self._c, registry_id=registry.id)

    def _take_number(self) -> int:
        self._number += 1
        return self._number - 1


def _arrived(last: Deployment, region: str) -> bool:
    """Tell whether a region has answered that it took the workload of a deployment."""
    runs = [one for one in last.regions if one.region == region]
    return any(one.state == "running" or one.updated is not None for one in runs)


def _by_region(found: Iterable[AppliedSecret]) -> dict[str, list[AppliedSecret]]:
    grouped: dict[str, list[AppliedSecret]] = {}
    for one in found:
        grouped.setdefault(one.region, []).append(one)
    return grouped
