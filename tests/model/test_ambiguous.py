"""Messages of failed pulls that leave open whether it is the image or the credential."""

from dataclasses import replace

import pytest

from bahriya_tui.model.ambiguous import has_several_causes, to_be_asked
from bahriya_tui.model.deployment import InitRun
from tests.model.test_waves import SPEC, deployment, region


@pytest.mark.parametrize(
    "message",
    [
        "pull access denied, repository does not exist or may require authorization: server message: "
        "insufficient_scope: authorization failed",
        'failed to resolve reference "10.0.0.5:5000/team/api:nope": 10.0.0.5:5000/team/api:nope: not found',
        "ghcr.io/acme/api:2.5.0: not found of init job migrate",
        "denied: denied",
        "denied: requested access to the resource is denied",
        "unauthorized: authentication required",
        "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
        "pulling from host 127.0.0.1:5000 failed with status code [manifests v1]: 401 Unauthorized",
        "manifest unknown: ghcr.io/acme/api:2.5.0",
    ],
)
def test_a_pull_that_may_have_failed_for_the_credential(message: str) -> None:
    assert has_several_causes(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        'secret "bahriya-team-v1" not found',
        'admission webhook "policy.example" denied the request: no',
        "the region does not accept these credentials (401 Unauthorized)",
        "dial tcp: lookup ghcr.io: no such host",
        "toomanyrequests: You have reached your pull rate limit",
        "1 pod keeps crashing: exit code 1",
    ],
)
def test_what_a_check_of_the_registry_would_not_explain(message: str) -> None:
    assert not has_several_causes(message)


def test_of_a_registry_that_was_deleted_no_check_is_advised() -> None:
    said = "image or credential: unauthorized: authentication required"
    job = InitRun("migrate", "ghcr.io/acme/tool:1", registry="jobs", version=2)
    spec = replace(SPEC, image="ghcr.io/acme/api:1", registry="team", version=3, init_jobs=(job,))
    own = replace(region("r1", 0, "failed"), message=said)
    of_job = replace(region("r2", 0, "failed"), message=f"{said} of init job migrate")
    run = deployment(own, of_job, spec=spec)
    assert to_be_asked(run) == {"team": "ghcr.io/acme/api:1", "jobs": "ghcr.io/acme/tool:1"}

    lost = replace(spec, version=None, init_jobs=(replace(job, version=None),))

    assert to_be_asked(replace(run, spec=lost)) == {}
