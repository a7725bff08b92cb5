"""Messages of failed pulls that leave open whether it is the image or the credential."""

import pytest

from bahriya_tui.model.ambiguous import has_several_causes


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
