"""TLS towards regions and registries: what is believed, and client keys that never lie in a file."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache


def believing(ca_pem: str | None = None) -> ssl.SSLContext:
    """Give settings that believe these authorities, else the system's; `OSError` where they are none."""
    context = ssl.create_default_context(cadata=ca_pem)
    # Python 3.13 refuses authorities without some optional extensions, which nodes and kubectl take.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@lru_cache(maxsize=256)
def region_context(ca_pem: str, certificate_pem: str, key_pem: str, insecure: bool) -> ssl.SSLContext:
    """Give the settings for a region; regions with the same certificates share them. Empty: there is none.

    Raises `OSError`, `TypeError` or `ValueError` where the certificates cannot be used.
    """
    context = believing(ca_pem or None)
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate_pem and key_pem:
        with _unnamed(certificate_pem) as certificate, _unnamed(key_pem) as key:
            # An encrypted key must not ask for its passphrase: nobody is there to answer.
            context.load_cert_chain(certificate, key, password=lambda: "")
    return context


@contextmanager
def _unnamed(text: str) -> Iterator[str]:
    """Give a path at which `text` can be read, on no disk: OpenSSL takes client keys from paths only."""
    if hasattr(os, "memfd_create"):
        reading = os.memfd_create("pem", os.MFD_CLOEXEC)
        os.write(reading, text.encode())
        os.lseek(reading, 0, os.SEEK_SET)
    else:
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
