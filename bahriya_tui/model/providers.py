"""Who runs a registry, told from its server, and what is known of its logins: hints, never locks."""

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of registry and what its users should know of it."""

    id: str
    """Short name for code and JSON: `ghcr`, `ecr`."""
    name: str
    """As its makers write it."""
    servers: re.Pattern[str]
    """Matches the whole of a stored server (`host[:port]`)."""
    usernames: re.Pattern[str]
    """Matches the whole of a user name that looks right."""
    username: str
    """What the user name is, in words."""
    username_rule: str
    """The sentence for a user name that does not look right."""
    token: str
    """What kind of token is wanted."""
    right: str
    """What the token needs for pulling, to go on after "the token lacks "."""
    where: str
    """Where a token is made, as the way through its web pages, or as a command."""
    lifetime: str
    """How long a token lives, in words."""
    lifetime_seconds: int | None = None
    """How long its tokens live where nobody can choose it; None where they live until they are revoked."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing before a token is entered, one sentence each."""
    betrayed_by: re.Pattern[str] | None = None
    """User names that only logins of this provider have; they tell it where the server says nothing."""


def _hosts(*names: str) -> re.Pattern[str]:
    """Match servers whose host has one of the names as a part between dots and hyphens, on any port."""
    return re.compile(rf"(?:[^:]*[.-])?(?:{'|'.join(names)})(?:[.-][^:]*)?(?::[0-9]+)?")


_ANY = re.compile(r"\S(?:.*\S)?")
_NO_ADDRESS = re.compile(r"[^@\s]+")
_AS_CHOSEN = "until the date chosen when it is made, or until it is revoked"
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

UNKNOWN = Provider(
    "oci",
    "OCI registry",
    re.compile(".*"),
    _ANY,
    "the user, or the name of the token",
    "the user name begins or ends with a blank",
    "token or password",
    "read access",
    "as its makers say",
    "as its makers say",
)

_GITLAB = Provider(
    "gitlab",
    "GitLab.com",
    re.compile(r"registry\.gitlab\.com"),
    _NO_ADDRESS,
    "the deploy token's user name (gitlab+deploy-token-N), or your own with an access token",
    "the user name is no e-mail address: gitlab+deploy-token-N, or your own with an access token",
    "deploy token; or personal, group or project access token",
    "read_registry",
    "project or group: Settings > Repository > Deploy tokens",
    "until it is revoked; with a date, until midnight UTC",
    notes=(
        "the token of a job (CI_JOB_TOKEN) dies with the job",
        "with two-factor authentication an account's password does not work",
    ),
)

DISTRIBUTION = Provider(
    "distribution",
    "self-hosted registry",
    re.compile(
        r"[^:]+:5000|(?:[^:]+\.)?localhost(?::[0-9]+)?|127(?:\.[0-9]+){3}(?::[0-9]+)?|\[::1\](?::[0-9]+)?"
    ),
    _ANY,
    "a user of its htpasswd file",
    "the user name begins or ends with a blank",
    "password of an htpasswd user",
    "read access",
    "on its host: htpasswd -B FILE USER",
    "until it is changed",
    notes=(
        "passwords in its htpasswd file have to be bcrypt (htpasswd -B)",
        "a private CA or plain HTTP has to be set up on every node too",
    ),
)

PROVIDERS = (
    Provider(
        "docker-hub",
        "Docker Hub",
        re.compile(r"docker\.io"),
        re.compile(r"[a-z0-9][a-z0-9_-]*"),
        "your Docker ID; with an organisation's token, the organisation's name",
        "a Docker ID has small letters and digits only, and is no e-mail address",
        "personal (dckr_pat_) or organisation access token (dckr_oat_)",
        "read access",
        "Docker Hub: Account settings > Personal access tokens",
        _AS_CHOSEN,
        notes=(
            "with two-factor authentication an account's password does not work",
            "too many failed logins block an address for a while",
        ),
    ),
    Provider(
        "ghcr",
        "GitHub Container Registry",
        re.compile(r"ghcr\.io"),
        re.compile(r"[A-Za-z0-9](?:[-_]?[A-Za-z0-9])*"),
        "your GitHub login",
        "a GitHub login has letters, digits and hyphens only, and is no e-mail address",
        "classic personal access token (ghp_)",
        "read:packages",
        "GitHub: Settings > Developer settings > Personal access tokens (classic)",
        _AS_CHOSEN,
        notes=(
            "fine-grained tokens (github_pat_) do not work",
            "where the organisation has single sign-on, authorise the token for it",
        ),
    ),
    _GITLAB,
    Provider(
        "ecr",
        "Amazon ECR",
        re.compile(r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"),
        re.compile(r"AWS|A[KS]IA[A-Z0-9]{16}"),
        "AWS with a token, or the id of an IAM access key (AKIA…) with its secret",
        "the user name is AWS for a token, or the id of an IAM access key (AKIA…)",
        "secret of an IAM access key, or a token that lives 12 hours",
        "ecr:BatchGetImage",
        "IAM: Users > Security credentials > Access keys; a token: aws ecr get-login-password",
        "12 hours, or less where the IAM session ends before; an IAM key until it is revoked",
        lifetime_seconds=12 * 3600,
        notes=("an IAM key also needs ecr:GetAuthorizationToken and ecr:GetDownloadUrlForLayer",),
    ),
    Provider(
        "ecr-public",
        "Amazon ECR Public",
        re.compile(r"public\.ecr\.aws"),
        re.compile("AWS"),
        "AWS",
        "the user name is AWS",
        "token that lives 12 hours",
        "sts:GetServiceBearerToken",
        "aws ecr-public get-login-password --region us-east-1",
        "12 hours, or less where the IAM session ends before",
        lifetime_seconds=12 * 3600,
        notes=("its images are public: a login only raises the rate limit",),
    ),
    Provider(
        "google",
        "Google Artifact Registry",
        re.compile(r"(?:[a-z0-9-]+-)?docker\.pkg\.dev|(?:[a-z0-9-]+\.)?gcr\.io"),
        re.compile(r"_json_key|_json_key_base64|oauth2accesstoken"),
        "_json_key; _json_key_base64 for a key in base64",
        "the user name is _json_key, _json_key_base64 or oauth2accesstoken",
        "key of a service account, the whole JSON file",
        "roles/artifactregistry.reader",
        "Google Cloud: IAM & Admin > Service accounts > Keys",
        "until it is deleted; an access token (oauth2accesstoken) about an hour",
        notes=("give the key with all its lines: --password-file key.json",),
    ),
    Provider(
        "acr",
        "Azure Container Registry",
        re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+\.data)?\.azurecr\.(?:io|cn|us|de)"),
        re.compile(rf"{_GUID}|[A-Za-z0-9_-]{{5,50}}"),
        "the token's name, or the application id (a GUID) of a service principal",
        "the user name is a token's name, or the application id (a GUID) of a service principal",
        "password of a repository-scoped token, or secret of a service principal",
        "AcrPull",
        "Azure portal: the registry > Repository permissions > Tokens",
        "until the date chosen; the secret of a service principal often a year",
        notes=(
            "a repository-scoped token needs content/read in place of AcrPull",
            "the token of az acr login --expose-token lives 3 hours",
        ),
    ),
    Provider(
        "quay",
        "Quay",
        re.compile(rf"quay\.io|{_hosts('quay').pattern}"),
        re.compile(r"[a-z0-9_.-]+(?:\+[a-z0-9_.-]+)?|\$[a-z]+"),
        "the robot account: ORGANISATION+ROBOT",
        "the user name is ORGANISATION+ROBOT, in small letters",
        "token of a robot account",
        "read permission",
        "Quay: the organisation > Robot Accounts",
        "until it is regenerated",
        notes=("the robot needs read permission on every repository it is to pull",),
    ),
    Provider(
        "harbor",
        "Harbor",
        _hosts("harbor"),
        re.compile(r"(?!robot(?:\+.*|\$\$.*)?$)\S+"),
        "the robot account: robot$NAME or robot$PROJECT+NAME",
        "a robot's name has one $ in it: robot$NAME or robot$PROJECT+NAME; a shell may have changed it",
        "secret of a robot account",
        "pull permission",
        "Harbor: the project > Robot Accounts",
        "until the date chosen when the robot is made",
        notes=("users who sign in through OIDC give their CLI secret (User Profile), not the password",),
        betrayed_by=re.compile(r"robot\$.*"),
    ),
    Provider(
        "artifactory",
        "JFrog Artifactory",
        _hosts("jfrog", "artifactory"),
        _ANY,
        "the user whom the token was made for",
        "the user name begins or ends with a blank",
        "identity token or access token",
        "read permission",
        "JFrog: Edit Profile > Identity Tokens",
        _AS_CHOSEN,
        notes=("depending on its set-up, images are HOST/REPOSITORY/IMAGE, or each repository has a host",),
    ),
    Provider(
        "nexus",
        "Sonatype Nexus",
        _hosts("nexus"),
        _ANY,
        "the user, or the name part of a user token",
        "the user name begins or ends with a blank",
        "password, or the pass part of a user token",
        "nx-repository-view-docker-*-read",
        "Nexus: the account's menu > User Token",
        "until it is reset",
        notes=(
            "the port is that of the repository's Docker connector, not of the web pages",
            "the Docker Bearer Token Realm has to be active there",
        ),
    ),
    Provider(
        "gitea",
        "Gitea or Forgejo",
        re.compile(rf"codeberg\.org|{_hosts('gitea', 'forgejo').pattern}"),
        _NO_ADDRESS,
        "the user whom the token was made for",
        "the user name is no e-mail address",
        "access token",
        "read:package",
        "Settings > Applications > Access tokens",
        "until it is revoked",
        notes=("it may take a wrong login for an anonymous one: check it with a private image",),
    ),
    Provider(
        "digitalocean",
        "DigitalOcean",
        re.compile(r"registry\.digitalocean\.com"),
        _ANY,
        "any name, such as the account's e-mail address; never the token, for user names are shown",
        "the user name begins or ends with a blank",
        "API token",
        "read access to the registry",
        "DigitalOcean: API > Tokens",
        _AS_CHOSEN,
        notes=("a downloaded docker-credentials JSON is a whole credentials file: import that",),
    ),
    replace(
        _GITLAB,
        id="gitlab-self",
        name="GitLab self-managed",
        servers=re.compile(rf"{_hosts('gitlab').pattern}|[^:]+:5050"),
        betrayed_by=re.compile(r"gitlab\+deploy-token-[0-9]+|gitlab-ci-token"),
    ),
    DISTRIBUTION,
)


def provider_of(server: str, username: str = "") -> Provider:
    """Give the provider of a stored server; `UNKNOWN` for one that is nobody's we know.

    A user name may decide where the server does not: `robot$ci` is one of Harbor.
    """
    told = next((one for one in PROVIDERS if one.servers.fullmatch(server)), UNKNOWN)
    if told not in (UNKNOWN, DISTRIBUTION):
        return told
    named = (one for one in PROVIDERS if one.betrayed_by and one.betrayed_by.fullmatch(username))
    return next(named, told)
