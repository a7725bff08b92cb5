"""Names that operators choose: what is allowed, and what Kubernetes calls the things made from them."""

import re

from bahriya_tui.model.errors import BadInput

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
HANDLE_LENGTH = 40
"""Longest handle: `bahriya-<handle>-v<N>` still fits a label value (63 characters)."""

_RULE = "use lower-case letters, digits and hyphens, starting and ending with a letter or digit"


def check_handle(kind: str, handle: str) -> str:
    """Give `handle` back when it may name a `kind` (project, registry, container); raise `BadInput` if not.

    A container's handle starts with a letter, because a Service of that name must (RFC 1035).
    """
    if not _LABEL.fullmatch(handle):
        raise BadInput(f"{kind} handle {handle[:60]!r} is not valid", _RULE)
    if len(handle) > HANDLE_LENGTH:
        raise BadInput(
            f"{kind} handle {handle[:60]!r} is {len(handle)} characters long", f"at most {HANDLE_LENGTH} fit"
        )
    if kind == "container" and not handle[0].isalpha():
        raise BadInput(
            f"container handle {handle!r} starts with a digit",
            "start it with a letter, as a Service name must",
        )
    return handle


def check_region_id(region: str) -> str:
    """Give `region` back when it is a DNS-1123 label of at most 63 characters; raise `BadInput` if not."""
    if not _LABEL.fullmatch(region) or len(region) > 63:
        raise BadInput(f"region id {region[:80]!r} is not valid", _RULE)
    return region


def namespace(project: str) -> str:
    """Name the namespace that a project owns in every region."""
    return f"bahriya-{project}"


def is_pull_secret_of(registry: str, secret: str) -> bool:
    """Tell whether `secret` names the pull secret of some version of `registry`."""
    version = secret.removeprefix(f"bahriya-{registry}-v")
    return version != secret and version.isdecimal()


def pull_secret(registry: str, version: int) -> str:
    """Name the pull secret of one version of a registry's credentials."""
    return f"bahriya-{registry}-v{version}"


def version_of(secret: str) -> int:
    """Give the version that a pull secret is named for; 0 for a name that is none."""
    number = secret.rpartition("-v")[2]
    return int(number) if number.isdecimal() else 0
