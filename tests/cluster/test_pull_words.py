"""Failed pulls explained: each text that was measured or reported, with its cause and the next step."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.cluster.pods import is_final
from bahriya_tui.cluster.pull_words import explain
from bahriya_tui.model.deployment import InitRun, Spec

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
GHCR, HUB, LAB, ACR, GCP, OWN = (
    "ghcr.io",
    "docker.io",
    "registry.gitlab.com",
    "acme.azurecr.io",
    "europe-docker.pkg.dev",
    "registry.acme.com",
)
USERS = {ECR: "AWS", GCP: "_json_key"}
ROTATE, CHECK = "bahriya registry rotate team", "bahriya registry check team --image "


def spec(server: str, username: str = "", image: str = "", **more: object) -> Spec:
    """A container whose image a linked registry serves."""
    linked: dict[str, object] = {
        "registry": "team",
        "registry_id": "r1",
        "server": server,
        "username": username or USERS.get(server, "bob"),
        "version": 1,
        "secret": "bahriya-team-v1",
    }
    image = image or f"{server}/acme/api:1"
    return Spec("shop", "api", image, "worker", 1, None, (), **{**linked, **more})  # type: ignore[arg-type]


def unlinked(image: str) -> Spec:
    return Spec("shop", "api", image, "worker", 1, None, ())


def containerd(server: str, why: str) -> str:
    """Say it as kubelet and containerd do."""
    image = f"{server}/acme/api:1"
    return f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {why}'


OAUTH = "failed to authorize: failed to fetch oauth token: unexpected status"
DIAL = 'failed to do request: Head "https://H/v2/acme/api/manifests/1"'
SCOPE = (
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed"
)


@dataclass(frozen=True)
class Case:
    server: str
    said: str
    why: str
    step: str
    final: bool = True


CASES = [
    # containerd 1.6.20 and skopeo 1.9.3, measured
    Case(
        OWN,
        containerd(OWN, f"pulling from host {OWN} failed with status code [manifests 1]: 401 Unauthorized"),
        "the login was refused",
        ROTATE,
    ),
    Case(OWN, "unauthorized: authentication required", "the login was refused", ROTATE),
    Case(GHCR, containerd(GHCR, f"{OAUTH}: 401 Unauthorized"), "the login was refused", ROTATE),
    Case(GHCR, containerd(GHCR, f"{OAUTH}: 403 Forbidden"), "the login was refused", ROTATE),
    Case(
        OWN,
        "unable to retrieve auth token: invalid username/password: unauthorized: denied",
        "the login was refused",
        ROTATE,
    ),
    Case(
        GHCR,
        "Requesting bearer token: invalid status code from registry 403 (Forbidden)",
        "the login was refused",
        ROTATE,
    ),
    Case(OWN, containerd(OWN, SCOPE), "or may not read this image, or there is none", CHECK),
    Case(
        OWN,
        "denied: requested access to the resource is denied",
        "or may not read this image, or there is none",
        CHECK,
    ),
    Case(OWN, containerd(OWN, f"{OWN}/acme/api:1: not found"), "there is no such image", CHECK),
    Case(OWN, "reading manifest 1 in x: manifest unknown", "there is no such image", CHECK),
    Case(
        HUB,
        containerd(HUB, f"{OAUTH}: 429 Too Many Requests"),
        "the pull rate limit of Docker Hub",
        "wait up to 6 hours",
        final=False,
    ),
    Case(
        OWN,
        containerd(OWN, f"{OAUTH}: 429 Too Many Requests"),
        f"{OWN} limits how often",
        "wait a little",
        final=False,
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: dial tcp: lookup H: no such host"),
        f"cannot resolve the name {OWN}",
        "DNS",
        final=False,
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: dial tcp 10.0.0.1:403: connect: connection refused"),
        f"nothing answers at {OWN}",
        "its port",
        final=False,
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: dial tcp 10.0.0.1:443: i/o timeout"),
        f"{OWN} cannot be reached",
        "firewall",
        final=False,
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: x509: certificate signed by unknown authority"),
        "do not know the CA",
        "every node",
    ),
    # what registries say, as their users reported it
    Case(
        ECR,
        "403 Forbidden: DENIED: Your authorization token has expired. Reauthenticate and try again.",
        "the token of Amazon ECR has expired: it lives 12 hours",
        ROTATE,
    ),
    Case(
        ECR,
        "The security token included in the request is invalid",
        "the AWS session that made the token has ended",
        ROTATE,
    ),
    Case(
        ECR,
        containerd(ECR, f"unexpected status from HEAD request to https://{ECR}/v2/x: 403 Forbidden"),
        "the token has expired (it lives 12 hours), or it lacks ecr:BatchGetImage",
        ROTATE,
    ),
    Case(
        LAB,
        "HTTP Basic: Access denied. If a password was provided for Git authentication, it was incorrect",
        "two-factor",
        ROTATE,
    ),
    Case(LAB, "denied: access forbidden", "may not read this project's images", "read_registry"),
    Case(
        LAB,
        f"pulling from host {LAB} failed with status code [manifests 1]: 403 Forbidden",
        "this address altogether",
        CHECK,
    ),
    Case(GHCR, "denied: denied", "the login was refused", ROTATE),
    Case(
        GHCR,
        "denied: permission_denied: read_package",
        "lacks read:packages for this image",
        "give it read:packages",
    ),
    Case(GHCR, "unauthorized", "the login was refused", ROTATE),
    Case(
        ACR,
        "unauthorized: authentication required, visit https://aka.ms/acr/authorization for more information.",
        "lacks AcrPull",
        CHECK,
    ),
    Case(ACR, "Invalid clientid or client secret", "service principal", ROTATE),
    Case(ACR, "client id must be guid", "application id (a GUID)", "registry edit team --username"),
    Case(
        GCP,
        'denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource',
        "lacks roles/artifactregistry.reader",
        "give it that",
    ),
    Case(
        HUB,
        "toomanyrequests: You have reached your pull rate limit. You may increase the limit by upgrading",
        "the pull rate limit of Docker Hub",
        "wait up to 6 hours",
        final=False,
    ),
    Case(
        HUB,
        "toomanyrequests: too many failed login attempts for username or IP address",
        "too many failed logins",
        "registry check team",
        final=False,
    ),
    Case(OWN, "no match for platform in manifest: not found", "not made for the platform", "build it"),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: x509: certificate has expired or is not yet valid: current time"),
        "is expired or not yet valid",
        "renewed",
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: x509: certificate is valid for a.example, not {OWN}"),
        f"not for the name {OWN}",
        "have one made",
    ),
    Case(
        OWN,
        containerd(OWN, f"{DIAL}: http: server gave HTTP response to HTTPS client"),
        "speaks plain HTTP",
        "hosts.toml",
    ),
    Case(
        OWN,
        containerd(OWN, f"{OWN} failed with status code [manifests 401]: 503 Service Unavailable"),
        "fails at the moment",
        "wait a little",
        final=False,
    ),
    Case(OWN, "InvalidImageName: couldn't parse image name", "name of the image is not valid", "edit"),
    Case(OWN, "ErrImageNeverPull: not present with pull policy of Never", "may not be pulled there", "look"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said[-60:])
def test_a_text_is_explained_with_cause_and_next_step(case: Case) -> None:
    failure = explain(case.said, spec(case.server))
    assert case.why in failure.message
    assert failure.message.endswith(f" ({case.said})")
    assert case.step in failure.next_step
    assert "{" not in failure.message.removesuffix(f"({case.said})") + failure.next_step


@pytest.mark.parametrize(
    "case", [case for case in CASES if "Image" not in case.said[:16]], ids=lambda c: c.said[-60:]
)
def test_only_what_will_fail_again_is_final(case: Case) -> None:
    assert is_final(case.said) == case.final


def test_the_command_names_registry_and_image() -> None:
    assert explain(SCOPE, spec(GHCR)).next_step == f"see which: {CHECK}ghcr.io/acme/api:1"


@pytest.mark.parametrize("said", ["unauthorized", SCOPE, f"{OAUTH}: 401 Unauthorized", "denied: denied"])
def test_without_a_registry_that_is_the_reason(said: str) -> None:
    failure = explain(said, unlinked("ghcr.io/acme/api:1"))
    assert failure.message == f"it is private or does not exist, and it is pulled without a login ({said})"
    assert failure.next_step == "link a registry: bahriya container link api REGISTRY"


def test_without_a_registry_no_step_names_one() -> None:
    for case in CASES:
        step = explain(case.said, unlinked(f"{case.server}/acme/api:1")).next_step
        assert step
        assert not [word for word in ("rotate ", "check ", "edit  ") if f"bahriya registry {word}" in step]
    limited = explain("429 Too Many Requests", unlinked("nginx:1"))
    assert "link a registry with a Docker Hub login" in limited.next_step


def test_a_login_for_another_server_was_not_sent() -> None:
    failure = explain(f"{OAUTH}: 401 Unauthorized", spec(GHCR, image="quay.io/acme/api:1"))
    assert failure.message.startswith("registry team is for ghcr.io, so its login was not sent to quay.io")
    assert failure.next_step == "link a registry for quay.io, or correct the image"


@pytest.mark.parametrize(
    "said",
    ["failed to fetch anonymous token: unexpected status: 401 Unauthorized", "no basic auth credentials"],
)
def test_a_linked_login_that_was_not_sent_points_to_the_pull_secret(said: str) -> None:
    failure = explain(said, spec(OWN))
    assert "no login was sent" in failure.message
    assert "bahriya matrix" in failure.next_step


def test_several_logins_that_failed_in_different_ways_are_told_together() -> None:
    failed = f"pulling from host {OWN} failed with status code [manifests 1]"
    one, other = (containerd(OWN, f"{failed}: {status}") for status in ("403 Forbidden", "401 Unauthorized"))
    failure = explain(f"[{one}, {other}]", spec(OWN))
    assert failure.message.startswith(
        "several logins were tried: the login is taken, but it may not pull this image; the login was refused"
    )
    assert CHECK in failure.next_step
    assert explain(f"[{other}, {other}]", spec(OWN)).message.startswith("the login was refused")


def test_of_a_deleted_registry_nothing_is_to_be_checked_or_rotated() -> None:
    gone = replace(spec(OWN), registry_id=None, server=None, username=None)
    assert explain("unauthorized", gone).next_step == ""
    assert "the login was refused" in explain("unauthorized", gone).message


def test_an_iam_key_is_not_rotated_because_its_token_has_expired() -> None:
    failure = explain("Your authorization token has expired", spec(ECR, "AKIAIOSFODNN7EXAMPLE"))
    assert "bahriya worker status" in failure.next_step
    assert ROTATE not in failure.next_step


def test_an_init_job_is_explained_by_its_own_image_and_registry() -> None:
    job = InitRun("migrate", f"{ECR}/acme/migrate:1", (), "jobs", "r2", ECR, "AWS", 1, "bahriya-jobs-v1")
    both = spec(GHCR, init_jobs=(job,))
    assert "rotate jobs" in explain("Your authorization token has expired", both, "migrate").next_step
    assert "rotate team" in explain("denied: denied", both).next_step
    bare = spec(GHCR, init_jobs=(InitRun("migrate", "ghcr.io/acme/migrate:1"),))
    assert "init job" in explain("denied: denied", bare, "migrate").next_step


@pytest.mark.parametrize("name", ["acme/unauthorized:403", "x509/no-such-host:404", "denied/denied:401"])
def test_a_name_is_no_cause(name: str) -> None:
    said = f'failed to resolve reference "{OWN}/{name}": dial tcp 10.0.0.1:443: i/o timeout'
    failure = explain(said, spec(OWN, image=f"{OWN}/{name}"))
    assert "cannot be reached" in failure.message
    assert not is_final(said)


@given(st.text(max_size=200))
def test_whatever_a_region_says_stays_in_the_message(said: str) -> None:
    for one in (spec(OWN), unlinked("{0}"), spec(OWN, image="{domain}")):
        assert said in explain(said, one).message
