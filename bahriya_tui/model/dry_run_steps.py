"""What would become of each object in a region, from what the store knows of it: the rules of a dry run.

The objects are built by the same functions as those that are sent, so a plan shows literally these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bahriya_tui.model import clock, ecr
from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.deployment import Pull, Spec
from bahriya_tui.model.dry_run import HEAD_THEN, REDACTED, Act, Phase, RegionPlan, Step
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests import namespace as namespaces
from bahriya_tui.model.manifests import pull_secret, workload
from bahriya_tui.model.manifests.differences import Field, differences, is_stamp
from bahriya_tui.model.manifests.marks import Manifest, Mark
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload
from bahriya_tui.model.region import Region

_HEAD_BEFORE = "<head of the audit log before>"
_UNCONFIRMED = "it was sent before, and its arrival was not confirmed"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a region showed when it was read back, if nothing was done there since."""

    at: str
    secrets: Mapping[str, ObservedSecret]
    workloads: Mapping[str, ObservedWorkload]


@dataclass(frozen=True, slots=True)
class There:
    """What is known of a project in one region."""

    region: Region
    namespace: bool
    """Whether its namespace was seen there, as ours."""
    secrets: Mapping[str, AppliedSecret]
    leaving: frozenset[tuple[str, str]]
    """Kind and name of what is to be removed from there already."""
    read_at: str | None = None
    shown: Shown | None = None

    def plan(self, wave: int, steps: list[Step], note: str = "") -> RegionPlan:
        """Give the steps with what they are told from."""
        if self.region.status == "unreachable":
            note = "; ".join(part for part in (note, f"out of reach: {self.region.last_error}") if part)
        return RegionPlan(self.region.id, wave, tuple(steps), self.region.last_seen_at, self.read_at, note)


@dataclass(frozen=True, slots=True)
class Former:
    """What was put into a region last of one container."""

    placement: Placement
    mark: Mark
    spec: Spec | None
    """None where its deployment is not known any more."""
    arrived: bool
    """Whether the region has taken the workload of that deployment."""


def namespace_step(project: str, there: There) -> Step:
    """Tell of the project's namespace, which is looked for before it is made."""
    name = namespace(project)
    manifest = namespaces.manifest(project)
    if there.namespace:
        return Step("preflight", "unchanged", "Namespace", "", name, manifest=manifest)
    return Step("preflight", "create", "Namespace", "", name, why="unless it is there", manifest=manifest)


def secret_step(project: str, pull: Pull, holds: int, there: There) -> Step:
    """Tell of a pull secret that a deployment brings; `holds` is the version whose token is sent."""
    wanted = AppliedSecret(
        project, there.region.id, pull.secret, pull.registry_id, pull.registry, pull.version, None, holds
    )
    manifest = _sent(wanted, holds, HEAD_THEN)
    known, shown = there.secrets.get(pull.secret), there.shown
    why = _called_off("Secret", pull.secret, there)
    gone = shown is not None and pull.secret not in shown.secrets
    if known is None or known.uid is None or gone:
        if known is not None:
            why = _and(why, _missing(shown) if gone else _UNCONFIRMED)
        return _step("pull_secret", "create", manifest, (), why)
    minted = ecr.mints(pull.server, pull.username)
    fields = _token_fields(known, manifest, anew=minted or known.holds != holds)
    if minted:
        why = _and(why, "a new token is made for it")
    if shown is not None and (somebody := shown.secrets[pull.secret].edited_by):
        mend = f"bahriya matrix --repair --registry {pull.registry} --region {there.region.id}"
        why = _and(why, f"{somebody} changed it, so the region may refuse this; first: {mend}")
    return _step("pull_secret", _act(fields), manifest, fields, why)


def rewritten(secret: AppliedSecret, version: int) -> Step:
    """Tell of a pull secret that keeps its name and gets the token of another version."""
    manifest = _sent(secret, version, HEAD_THEN)
    fields = _token_fields(secret, manifest, anew=True)
    return _step("pull_secret", "change", manifest, fields, f"v{secret.holds} is withdrawn")


def removed(phase: Phase, kind: str, project: str, name: str, why: str, there: There) -> Step:
    """Tell of an object that goes."""
    asked = "its removal was asked for before" if (kind, name) in there.leaving else ""
    return Step(phase, "remove", kind, namespace(project), name, why=_and(why, asked))


def workload_steps(spec: Spec, mark: Mark, former: Former | None, there: There) -> list[Step]:
    """Tell of what a container consists of, and of what it does not any more."""
    steps = [_workload_step(one, former, there) for one in _as_served(workload.applied_by(mark, spec), there)]
    placed = None if former is None else former.placement
    if placed is None:
        return steps
    left: dict[str, str] = {}
    if placed.service_uid is not None and not workload.needs_service(spec):
        left["Service"] = f"container {spec.container} is not reached over HTTP any more"
    for kind in (one for one, _ in placed.workloads if one != workload.kind_of(spec)):
        left[kind] = f"container {spec.container} runs as a {workload.kind_of(spec)} now"
    return steps + [
        removed("workload", kind, spec.project, spec.container, why, there) for kind, why in left.items()
    ]


def _workload_step(manifest: Manifest, former: Former | None, there: There) -> Step:
    kind, name = manifest["kind"], manifest["metadata"]["name"]
    why = _called_off(kind, name, there)
    known = None if former is None else _known(former, kind)
    if former is None or known is None:
        return _step("workload", "create", manifest, (), why)
    shown = there.shown
    if shown is not None and kind == "Deployment" and name not in shown.workloads:
        return _step("workload", "create", manifest, (), _and(why, _missing(shown)))
    if known is False:
        return _step("workload", "create", manifest, (), _and(why, _UNCONFIRMED))
    if former.spec is None:
        words = f"deployment {former.mark[0]}, which made it, is not known any more"
        return _step("workload", "change", manifest, (), _and(why, words))
    spec = former.spec
    if kind == "Deployment" and shown is not None and _changed(spec, shown.workloads[name]):
        seen = shown.workloads[name]
        spec = _as_seen(spec, seen)
        words = f"somebody changed it (read back {clock.minute(shown.at)}), so the region may refuse this"
        why = _and(why, f"{words} unless fields are taken over")
    before = {one["kind"]: one for one in _as_served(workload.applied_by(former.mark, spec), there)}
    fields = differences(before.get(kind, {}), manifest)
    if not former.arrived:
        words = f"deployment {former.mark[0]} may not have reached it, and it may be older"
        why = _and(why, words)
    return _step("workload", _act(fields), manifest, fields, why)


def _known(former: Former, kind: str) -> bool | None:
    """Tell whether an object of this kind was confirmed; None where it was never sent."""
    placed = former.placement
    if kind == "Service":
        return True if placed.service_uid is not None else None
    if kind not in dict(placed.workloads):
        return None
    return kind == placed.kind and (placed.workload_uid is not None or former.arrived)


def _as_served(manifests: list[Manifest], there: There) -> list[Manifest]:
    """Give CronJobs in the API version in which the region is asked first."""
    version = workload.in_order(there.region.cron_api)[0]
    return [{**one, "apiVersion": version} if one["kind"] == "CronJob" else one for one in manifests]


def _changed(spec: Spec, seen: ObservedWorkload) -> bool:
    return (seen.image, seen.replicas) != (spec.image, spec.replicas)


def _as_seen(spec: Spec, seen: ObservedWorkload) -> Spec:
    return replace(spec, image=seen.image, replicas=seen.replicas)


def _sent(secret: AppliedSecret, holds: int, head: str) -> Manifest:
    return pull_secret.manifest(
        secret.name,
        namespace(secret.project),
        labels=pull_secret.labels(secret.project, secret.registry),
        annotations={
            **pull_secret.annotations(secret.version),
            **pull_secret.held(holds),
            **pull_secret.witness(head),
        },
        content=REDACTED,
    )


def _token_fields(known: AppliedSecret, manifest: Manifest, *, anew: bool) -> tuple[Field, ...]:
    fields = differences(_sent(known, known.holds, _HEAD_BEFORE), manifest)
    return (*fields, ("data[.dockerconfigjson]", REDACTED, REDACTED)) if anew else fields


def _step(phase: Phase, act: Act, manifest: Manifest, fields: tuple[Field, ...], why: str) -> Step:
    metadata: Manifest = manifest["metadata"]
    return Step(
        phase, act, manifest["kind"], metadata.get("namespace", ""), metadata["name"], fields, why, manifest
    )


def _act(fields: tuple[Field, ...]) -> Act:
    """Call it a change where something differs that has an effect; a pod's labels start new pods."""
    plain = [path for path, _, _ in fields if not is_stamp(path) or path.startswith("spec.")]
    return "change" if plain else "unchanged"


def _called_off(kind: str, name: str, there: There) -> str:
    return "its pending removal is called off" if (kind, name) in there.leaving else ""


def _missing(shown: Shown | None) -> str:
    return "" if shown is None else f"it was missing when it was read back, {clock.minute(shown.at)}"


def _and(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
