"""TLS towards a region: one context per set of certificates, built without leaving files behind."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.model.errors import Failed


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """Give the context for `endpoint`; regions with the same certificates share one.

    Raises `Failed` where they cannot be used, without a word of what is in them.
    """
    try:
        return _context(
            endpoint.ca_pem or None,
            endpoint.client_cert_pem or None,
            endpoint.client_key_pem or None,
            bool(endpoint.insecure),
        )
    except (OSError, TypeError, ValueError):
        raise Failed(
            "the certificates in the kubeconfig are not valid, or the client key is encrypted or another's",
            "renew that entry of the kubeconfig",
        ) from None


@lru_cache(maxsize=256)
def _context(ca: str | None, certificate: str | None, key: str | None, insecure: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca)
    # Python 3.13 refuses authorities without some optional extensions, which nodes and kubectl take.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate and key:
        with _pipe(certificate) as certificate_path, _pipe(key) as key_path:
            # An encrypted key must not ask for its passphrase: nobody is there to answer.
            context.load_cert_chain(certificate_path, key_path, password=lambda: "")
    return context


@contextmanager
def _pipe(text: str) -> Iterator[str]:
    """Give a path at which `text` can be read once: OpenSSL loads client keys from paths only.

    A pipe holds at least 64 KiB on Linux, so that writing before anybody reads does not block.
    """
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as file:
            file.write(text.encode())
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
