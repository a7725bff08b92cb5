"""Why a server gave no usable answer, in words that hold nothing of what was sent or said."""

import errno
import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

_NETWORK = {
    errno.ECONNREFUSED: "it refused the connection: nothing listens on that port",
    errno.EHOSTUNREACH: "there is no route to it from here",
    errno.ENETUNREACH: "there is no route to it from here",
}
_CERTIFICATE = {
    7: "its TLS certificate was not signed by the CA it names; give the right one with --ca-file",
    10: "its TLS certificate has expired",
    18: "its TLS certificate is self-signed; give the CA with --ca-file",
    19: "its TLS certificate is from an unknown CA; give it with --ca-file",
    20: "its TLS certificate is from an unknown CA; give it with --ca-file",
    21: "its TLS certificate is from an unknown CA; give it with --ca-file",
    62: "its TLS certificate is for another name",
    64: "its TLS certificate is for another address",
}


class Unreachable(Exception):
    """There was no usable answer; `reason` says why and holds nothing that was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Limited(Unreachable):
    """The server wants to be left alone for a while."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what sockets, TLS and HTTP raise into `Unreachable`."""
    try:
        yield
    except TimeoutError:
        raise Unreachable("it did not answer in time") from None
    except ssl.SSLError as error:
        raise Unreachable(_tls_reason(error)) from None
    except OSError as error:
        raise Unreachable(_NETWORK.get(error.errno or 0, "the connection broke")) from None
    except (http.client.HTTPException, ValueError):
        raise Unreachable("it did not answer in HTTP") from None


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(error.verify_code, "its TLS certificate is not valid")
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "it does not speak TLS on that port; plain HTTP needs --plain-http"
    return "TLS could not be agreed on"
