"""What is pinned of every context of a kubeconfig: its server, and the CA that vouches for it."""

import hashlib
from pathlib import Path

from bahriya_tui.kubeconfig.document import Section, address, content, named
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.region import ContextPin

NOT_VERIFIED = "not verified"
"""Fingerprint of a context that skips verification, so that switching it off later is noticed."""


def pins(kubeconfig: str, folder: Path = Path()) -> list[ContextPin]:
    """Give the pins of a kubeconfig's text, in its order; relative paths in it start at `folder`.

    Contexts without a usable cluster are left out; `BadInput` where none remains.
    """
    found = [pin(kubeconfig, context, folder) for context in named(kubeconfig, "contexts")]
    usable = [one for one in found if one is not None]
    if not usable:
        raise BadInput("the kubeconfig has no usable contexts", "look at it with `kubectl config view`")
    return usable


def pin(kubeconfig: str, context: str, folder: Path = Path()) -> ContextPin | None:
    """Give the pin of one context; None where it is missing, or its cluster cannot be used."""
    entry = named(kubeconfig, "contexts").get(context, {})
    cluster = named(kubeconfig, "clusters").get(str(entry.get("cluster")), {})
    try:
        return ContextPin(context, address(cluster).geturl(), ca_fingerprint(cluster, folder))
    except BadInput:
        return None


def ca_fingerprint(cluster: Section, folder: Path) -> str:
    """Give the SHA-256 of a cluster's CA in PEM, or empty where the system's CAs count."""
    if cluster.get("insecure-skip-tls-verify") is True:
        return NOT_VERIFIED
    ca = content(cluster, "certificate-authority", folder)
    return hashlib.sha256(ca.encode()).hexdigest() if ca else ""
