"""What a token shows of itself when it is sealed: its kind and its end, never a part of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """Found by the process that read the token, and all that it tells of it."""

    kind: str = ""
    """The id of one of `KINDS`, told from its shape; empty where that is unknown."""
    expires_at: str | None = None
    """When it ends, in UTC as every time, where the token itself says so."""
    notes: tuple[str, ...] = ()
    """Sentences for the operator about what was given."""


NO_FACTS = TokenFacts()


@dataclass(frozen=True, slots=True)
class Kind:
    """A shape of tokens that one can tell without asking anybody."""

    id: str
    words: str
    """What it is, to go on after "this is "."""
    takers: tuple[str, ...] = ()
    """Ids of the providers that make and take it; empty where it may be anybody's."""
    prefix: str = ""
    """What it begins with; empty where another sign gives it away."""
    lifetime_seconds: int | None = None
    """How long it lives where nobody can choose it; None where that is chosen, or stands in the token."""


_HOUR = 3600
_GITLAB = ("gitlab", "gitlab-self")

KINDS = (
    Kind("github-classic", "a classic personal access token of GitHub", ("ghcr",), "ghp_"),
    Kind("github-fine-grained", "a fine-grained personal access token of GitHub", ("ghcr",), "github_pat_"),
    Kind("github-oauth", "an OAuth token of GitHub", ("ghcr",), "gho_"),
    Kind("github-app", "a token of a GitHub app or workflow", ("ghcr",), "ghs_", _HOUR),
    Kind("gitlab-personal", "a personal, group or project access token of GitLab", _GITLAB, "glpat-"),
    Kind("gitlab-deploy", "a deploy token of GitLab", _GITLAB, "gldt-"),
    Kind("gitlab-job", "the token of a GitLab job", _GITLAB, "glcbt-"),
    Kind("docker-personal", "a personal access token of Docker Hub", ("docker-hub",), "dckr_pat_"),
    Kind("docker-organisation", "an organisation access token of Docker Hub", ("docker-hub",), "dckr_oat_"),
    Kind("digitalocean-personal", "an API token of DigitalOcean", ("digitalocean",), "dop_v1_"),
    Kind("google-access", "an access token of Google Cloud", ("google",), "ya29.", _HOUR),
    Kind("google-key", "the key of a Google service account", ("google",)),
    Kind("google-key-base64", "the key of a Google service account in base64", ("google",)),
    Kind("ecr", "a token of Amazon ECR", ("ecr", "ecr-public"), lifetime_seconds=12 * _HOUR),
    Kind("aws-secret-key", "the secret of an IAM access key", ("ecr",)),
    Kind("jwt", "a JSON Web Token"),
    Kind("basic-auth", "a user name and a password in base64"),
    Kind("docker-config", "a whole credentials file"),
)


def kind_of(id_: str) -> Kind | None:
    """Give the kind of that id; None for one that is not known, such as the empty one."""
    return next((one for one in KINDS if one.id == id_), None)


def kind_by_prefix(text: str) -> Kind | None:
    """Give the kind of token that begins as `text` does; None where the beginning says nothing."""
    return next((one for one in KINDS if one.prefix and text.startswith(one.prefix)), None)


def facts_in(line: dict[str, Any]) -> TokenFacts:
    """Read them from JSON; `KeyError` or `TypeError` for anything else."""
    return TokenFacts(line["kind"], line["expires_at"], tuple(line["notes"]))
