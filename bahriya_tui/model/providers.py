"""Who runs a registry, told from its server, and what is known of its logins: hints, never locks."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of registry and what its users should know of it."""

    id: str
    """Short name for code and JSON: `ghcr`, `ecr`."""
    name: str
    """As its makers write it."""
    servers: re.Pattern[str]
    """Matches the whole of a stored server (`host[:port]`)."""
    lifetime_seconds: int | None = None
    """How long its tokens live where nobody can choose it; None where they live until they are revoked."""


UNKNOWN = Provider("oci", "OCI registry", re.compile(".*"))

PROVIDERS = (
    Provider("docker-hub", "Docker Hub", re.compile(r"docker\.io")),
    Provider("ghcr", "GitHub Container Registry", re.compile(r"ghcr\.io")),
    Provider(
        "ecr",
        "Amazon ECR",
        re.compile(r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"),
        lifetime_seconds=12 * 3600,
    ),
)


def provider_of(server: str) -> Provider:
    """Give the provider of a stored server; `UNKNOWN` for one that is nobody's we know."""
    return next((one for one in PROVIDERS if one.servers.fullmatch(server)), UNKNOWN)
