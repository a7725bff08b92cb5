"""Which provider runs a server, and what looks wrong with a login there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.hints import hints, is_iam_key, wanted
from bahriya_tui.model.providers import PROVIDERS, UNKNOWN, Provider, provider_of
from bahriya_tui.model.server import normalise
from bahriya_tui.model.token import KINDS, TokenFacts

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
GUID = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("https://index.docker.io/v1/", "docker-hub"),
        ("GHCR.io", "ghcr"),
        ("registry.gitlab.com/acme/app", "gitlab"),
        ("registry.gitlab.acme.com", "gitlab-self"),
        ("gitlab.acme.com:5050", "gitlab-self"),
        ("code.acme.com:5050", "gitlab-self"),
        (ECR, "ecr"),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "ecr"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"),
        ("123456789012.dkr-ecr.us-east-1.on.aws", "ecr"),
        ("public.ecr.aws", "ecr-public"),
        ("europe-west3-docker.pkg.dev", "google"),
        ("gcr.io", "google"),
        ("eu.gcr.io", "google"),
        ("acme.azurecr.io", "acr"),
        ("acme-a1b2c3.azurecr.io", "acr"),
        ("acme.azurecr.cn", "acr"),
        ("quay.io", "quay"),
        ("quay.acme.com", "quay"),
        ("harbor.acme.com", "harbor"),
        ("demo.goharbor.io", "oci"),
        ("my-harbor.acme.com:8443", "harbor"),
        ("acme.jfrog.io", "artifactory"),
        ("artifactory.acme.com", "artifactory"),
        ("nexus.acme.com:8082", "nexus"),
        ("gitea.acme.com", "gitea"),
        ("codeberg.org", "gitea"),
        ("forgejo.acme.com:3000", "gitea"),
        ("registry.digitalocean.com", "digitalocean"),
        ("registry:5000", "distribution"),
        ("localhost", "distribution"),
        ("127.0.0.1:40123", "distribution"),
        ("[::1]:5001", "distribution"),
        ("registry.acme.com", "oci"),
        ("notghcr.io.example", "oci"),
        ("charbor.example", "oci"),
        ("ecr.amazonaws.com", "oci"),
    ],
)
def test_a_server_as_it_is_typed_tells_its_provider(typed: str, id_: str) -> None:
    assert provider_of(normalise(typed).host).id == id_


@pytest.mark.parametrize(
    ("server", "username", "id_"),
    [
        ("registry.acme.com", "robot$shop+ci", "harbor"),
        ("registry.acme.com:5000", "robot$ci", "harbor"),
        ("registry.acme.com", "gitlab+deploy-token-7", "gitlab-self"),
        ("registry.acme.com", "gitlab-ci-token", "gitlab-self"),
        ("ghcr.io", "robot$ci", "ghcr"),
        ("registry.acme.com", "bob", "oci"),
    ],
)
def test_a_user_name_decides_only_where_the_server_does_not(server: str, username: str, id_: str) -> None:
    assert provider_of(server, username).id == id_


def test_ids_are_each_one_of_a_kind_and_every_taker_exists() -> None:
    ids = [one.id for one in PROVIDERS]
    assert len(set(ids)) == len(ids) == 15
    assert {taker for kind in KINDS for taker in kind.takers} <= set(ids)


@pytest.mark.parametrize("provider", [*PROVIDERS, UNKNOWN], ids=lambda one: one.id)
def test_a_provider_says_all_there_is_to_know_briefly(provider: Provider) -> None:
    told = (
        provider.username,
        provider.username_rule,
        provider.token,
        provider.right,
        provider.where,
        provider.lifetime,
    )
    assert all(told)
    assert max(map(len, (*told, *provider.notes))) <= 96


LOOKS_RIGHT = [
    ("docker.io", "acme"),
    ("ghcr.io", "octo-cat"),
    ("ghcr.io", "mona_acme"),
    ("registry.gitlab.com", "gitlab+deploy-token-12"),
    ("registry.gitlab.com", "jane.doe"),
    (ECR, "AKIAIOSFODNN7EXAMPLE"),
    ("europe-docker.pkg.dev", "_json_key"),
    ("acme.azurecr.io", GUID),
    ("acme.azurecr.io", "pull-token"),
    ("quay.io", "acme+robot"),
    ("quay.io", "$oauthtoken"),
    ("harbor.acme.com", "robot$ci"),
    ("harbor.acme.com", "robot$shop+ci"),
    ("harbor.acme.com", "robotics"),
    ("acme.jfrog.io", "jane@acme.com"),
    ("registry.digitalocean.com", "jane@acme.com"),
    ("registry.acme.com", "jane@acme.com"),
]


@pytest.mark.parametrize(("server", "username"), LOOKS_RIGHT)
def test_nothing_is_said_of_a_user_name_that_looks_right(server: str, username: str) -> None:
    assert hints(server, username) == ()


@pytest.mark.parametrize(
    ("server", "username", "said"),
    [
        ("docker.io", "Acme", "small letters"),
        ("docker.io", "jane@acme.com", "no e-mail"),
        ("ghcr.io", "jane@acme.com", "no e-mail"),
        ("ghcr.io", "octo-", "GitHub login"),
        ("registry.gitlab.com", "jane@acme.com", "gitlab+deploy-token-N"),
        ("gitlab.acme.com:5050", "jane@acme.com", "GitLab self-managed: "),
        (ECR, "aws", "AWS"),
        (ECR, "ASIAIOSFODNN7EXAMPLE", "ends with it"),
        ("eu.gcr.io", "bob", "_json_key"),
        ("acme.azurecr.io", "http://my-principal", "GUID"),
        ("acme.azurecr.io", "jane@acme.com", "GUID"),
        ("quay.io", "Acme+Robot", "ORGANISATION+ROBOT"),
        ("harbor.acme.com", "robot", "one $"),
        ("harbor.acme.com", "robot+ci", "one $"),
        ("harbor.acme.com", "robot$$ci", "one $"),
        ("registry.acme.com", " bob", "a blank"),
        ("registry.acme.com", "bob ", "a blank"),
        ("registry.digitalocean.com", "dop_v1_0123456789", "shown in clear"),
        ("ghcr.io", "ghp_0123456789", "shown in clear"),
    ],
)
def test_a_login_that_looks_wrong_is_told_in_one_sentence(server: str, username: str, said: str) -> None:
    (told,) = hints(server, username)
    assert said in told
    assert "0123456789" not in told


@pytest.mark.parametrize(
    ("server", "username", "kind", "said"),
    [
        ("ghcr.io", "octocat", "github-fine-grained", "make a classic one"),
        ("ghcr.io", "octocat", "github-app", "within the hour"),
        ("ghcr.io", "octocat", "github-oauth", "signs out"),
        ("ghcr.io", "octocat", "docker-personal", "not one for GitHub Container Registry"),
        (
            "docker.io",
            "octocat",
            "github-classic",
            "classic personal access token of GitHub, and not one for",
        ),
        ("docker.io", "acme", "docker-organisation", "the organisation's"),
        ("registry.gitlab.com", "gitlab-ci-token", "gitlab-job", "dies with the job"),
        ("code.acme.com:5050", "gitlab-ci-token", "gitlab-job", "dies with the job"),
        ("eu.gcr.io", "_json_key_base64", "google-key", "is _json_key"),
        ("eu.gcr.io", "_json_key", "google-key-base64", "is _json_key_base64"),
        ("eu.gcr.io", "oauth2accesstoken", "google-access", "about an hour"),
        (ECR, "AKIAIOSFODNN7EXAMPLE", "ecr", "is AWS"),
        ("harbor.acme.com", "robot$ci", "gitlab-deploy", "it wants: secret of a robot account"),
    ],
)
def test_a_kind_of_token_that_does_not_fit_or_last_is_told(
    server: str, username: str, kind: str, said: str
) -> None:
    (told,) = hints(server, username, TokenFacts(kind))
    assert said in told


@pytest.mark.parametrize(
    ("server", "username", "kind"),
    [
        ("ghcr.io", "octocat", "github-classic"),
        ("docker.io", "acme", "docker-personal"),
        ("registry.gitlab.com", "gitlab+deploy-token-1", "gitlab-deploy"),
        ("gitlab.acme.com", "jane", "gitlab-personal"),
        ("eu.gcr.io", "_json_key", "google-key"),
        (ECR, "AKIAIOSFODNN7EXAMPLE", "aws-secret-key"),
        ("containers.ghe.acme.com", "octocat", "github-classic"),
        ("localhost:5000", "bob", "github-classic"),
        ("acme.azurecr.io", GUID, "jwt"),
        ("ghcr.io", "octocat", "made up later"),
    ],
)
def test_nothing_is_said_of_a_kind_of_token_that_fits(server: str, username: str, kind: str) -> None:
    assert hints(server, username, TokenFacts(kind)) == ()


def test_an_ecr_token_is_told_to_be_short_lived_and_an_iam_key_is_not() -> None:
    (told,) = hints(ECR, "AWS")
    assert "12 hours" in told
    assert "AKIA" in told
    assert hints(ECR, "AWS", TokenFacts("ecr")) == (told,)
    (told,) = hints("public.ecr.aws", "AWS")
    assert "12 hours" in told
    assert "AKIA" not in told
    assert "key's id (AKIA…)" in hints(ECR, "AWS", TokenFacts("aws-secret-key"))[0]
    assert is_iam_key("AKIAIOSFODNN7EXAMPLE")
    assert not is_iam_key("AWS")


def test_the_token_that_is_wanted_is_said_in_a_few_words() -> None:
    assert wanted("ghcr.io", "octocat") == (
        "GitHub Container Registry: classic personal access token (ghp_), with read:packages"
    )
    assert (
        wanted(ECR, "AKIAIOSFODNN7EXAMPLE") == "Amazon ECR: the secret of IAM access key AKIAIOSFODNN7EXAMPLE"
    )
    assert wanted("registry.acme.com", "bob") == ""


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([kind.id for kind in KINDS]))
def test_whatever_is_typed_has_a_provider_and_hints(server: str, username: str, kind: str) -> None:
    provider_of(server, username)
    assert all(hints(server, username, TokenFacts(kind)))
    wanted(server, username)
