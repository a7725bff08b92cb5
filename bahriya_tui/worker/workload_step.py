"""The step that brings a workload into a region: noted before it is sent, and again when it is there."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import cronjob, fence
from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.marks import kept_by
from bahriya_tui.cluster.objects import path, uid
from bahriya_tui.cluster.rollout import assess
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.cluster.words import conflicts, refusal
from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret, PlacedSecret, Placement, WorkloadKind
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests import workload
from bahriya_tui.model.manifests.marks import Manifest
from bahriya_tui.store import containers, regions, removals, secrets
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.secret_writes import ask_again

if TYPE_CHECKING:
    from sqlite_utils import Database


def apply_workload(
    run: Run, region: str, transport: Transport, applied: list[AppliedSecret]
) -> dict[str, Any]:
    """Apply what the container consists of, and give the workload itself as the region answered it.

    A Deployment is left `rolling`; a CronJob has nothing to roll.
    """
    deployment, spec = run.deployment, run.deployment.spec
    former = run.resources.store.look_up(
        lambda c: containers.placements(c, spec.project, spec.container, region)
    )
    mark = (deployment.id, deployment.fence)
    manifests = workload.applied_by(mark, spec)
    placement = _placement(run, region, workload.kind_of(spec), former)
    ms = transport.take_latency()
    with run.resources.locks.of(region):
        kinds = [manifest["kind"] for manifest in manifests]
        run.recorder.region(
            region,
            "workload",
            also=lambda tx: _note(tx, placement, kinds, applied, deployment.created_by, ms),
        )
    if deployment.fence > 1:
        # It was in other hands before, so the region may have gone on without us.
        fence.refuse_newer(transport, _where(run, region, transport, manifests[-1]), manifests[-1], mark)
    service: dict[str, Any] = {}
    for manifest in manifests:
        answered = _apply(run, region, transport, manifest)
        if manifest["kind"] == "Service":
            service = answered
    _note_answer(run, region, placement, former, service, answered)
    return answered


def _note_answer(
    run: Run,
    region: str,
    noted: Placement,
    former: list[Placement],
    service: dict[str, Any],
    answered: dict[str, Any],
) -> None:
    kind = workload.kind_of(run.deployment.spec)
    placement = replace(noted, workload_uid=uid(answered), service_uid=uid(service), kind=kind, arriving=None)
    if kind == "CronJob":
        with run.resources.store.write() as tx:
            _note_applied(tx, placement, former)
        return
    shown = assess(answered)
    run.recorder.region(
        region,
        "rolling",
        shown.message,
        updated=shown.updated,
        replicas=shown.replicas,
        also=lambda tx: _note_applied(tx, placement, former),
    )


def _placement(run: Run, region: str, kind: WorkloadKind, former: list[Placement]) -> Placement:
    """Give what is about to be in a region: what is known to be there, and a new kind as arriving."""
    spec = run.deployment.spec
    there = former[0] if former else None
    return Placement(
        spec.project,
        spec.container,
        region,
        run.deployment.id,
        spec.image,
        spec.secret,
        spec.registry_id,
        spec.version,
        there.workload_uid if there else None,
        there.service_uid if there else None,
        there.kind if there else kind,
        None if there is None else there.arriving if there.kind == kind else kind,
        tuple(
            PlacedSecret(pull.secret, pull.registry_id, pull.version)
            for pull in spec.pulls
            if pull.secret != spec.secret
        ),
    )


def _apply(run: Run, region: str, transport: Transport, manifest: Manifest) -> dict[str, Any]:
    thing = f"{manifest['kind'].lower()} {manifest['metadata']['name']}"
    answer = _applied(run, region, transport, manifest)
    if answer.status == 404:
        namespaces.ensure(transport, run.deployment.project)
        answer = _applied(run, region, transport, manifest)
    if owners := conflicts(answer):
        answer = _contested(run, region, transport, manifest, f"{thing}: {owners}")
    if not answer.ok:
        raise Failed(refusal(answer, thing))
    return answer.body


def _applied(
    run: Run, region: str, transport: Transport, manifest: Manifest, *, force: bool = False
) -> Answer:
    """Apply one object; of a CronJob, remember the API version in which the region serves them."""
    if manifest["kind"] != "CronJob":
        return apply(transport, manifest, force=force)
    known = run.resources.region(region).cron_api
    answer, version = cronjob.apply_cronjob(transport, manifest, known, force=force)
    if version != known:
        with run.resources.store.write() as tx:
            regions.note_cron_api(tx, region, version)
    return answer


def _contested(run: Run, region: str, transport: Transport, manifest: Manifest, words: str) -> Answer:
    """Take the fields from other managers if the operator said so; otherwise say whose they are, and stop."""
    if run.deployment.take_over:
        answer = _applied(run, region, transport, manifest, force=True)
        if answer.ok:
            run.recorder.tell(region, "fields_taken", f"{words} no longer")
        return answer
    run.recorder.tell(region, "conflict", words)
    where = _where(run, region, transport, manifest)
    kept = kept_by(transport.request("GET", where, metadata_only=True).body)
    raise Failed(
        f"{words}; {kept}" if kept else words,
        f"if they are to be ours: bahriya deploy {run.deployment.container} --take-over",
    )


def _where(run: Run, region: str, transport: Transport, manifest: Manifest) -> str:
    """Give the path of an object, which for a CronJob only the region knows."""
    metadata = manifest["metadata"]
    if manifest["kind"] == "CronJob":
        known = run.resources.region(region).cron_api
        return cronjob.find(transport, metadata["namespace"], metadata["name"], known)
    return path(manifest["kind"], metadata["namespace"], metadata["name"])


def _note(
    tx: "Database",
    placement: Placement,
    kinds: Iterable[str],
    applied: Iterable[AppliedSecret],
    actor: str,
    ms: float | None,
) -> None:
    for secret in applied:
        secrets.note(tx, secret)
        ask_again(tx, secret, secret.holds, actor)
    containers.place(tx, placement)
    regions.seen(tx, placement.region, clock.now(), ms=ms)
    for kind in kinds:
        removals.drop_for(tx, placement.region, placement.project, kind, placement.container)


def _note_applied(tx: "Database", placement: Placement, former: list[Placement]) -> None:
    """Keep the uids; a Service that the container no longer needs goes, and a workload of another kind."""
    containers.place(tx, placement)
    for one in former:
        if one.service_uid is not None and placement.service_uid is None:
            words = "is not reached over HTTP any more"
            _remove(tx, placement, "Service", one.service_uid, words)
        for kind, known in one.workloads:
            if kind != placement.kind:
                _remove(tx, placement, kind, known, f"runs as a {placement.kind} now")


def _remove(tx: "Database", placement: Placement, kind: str, known: str | None, why: str) -> None:
    removals.add(
        tx,
        project=placement.project,
        region=placement.region,
        kind=kind,
        name=placement.container,
        uid=known,
        reason=f"container {placement.container} {why}",
        now=clock.now(),
    )
