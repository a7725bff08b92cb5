"""Why no connection came about, in words for operators."""

import errno
import socket
import ssl

_KNOWN = {
    errno.ECONNREFUSED: "connection refused",
    errno.ENETUNREACH: "network is unreachable",
    errno.EHOSTUNREACH: "no route to host",
}


def why_not_connected(error: Exception, seconds: float) -> tuple[str, bool]:
    """Say how far an attempt came, and whether another one may succeed soon.

    Nothing is quoted but what is wrong with a certificate, and no address (the caller has it). A timeout was
    patience enough, and a certificate stays what it is.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate was not accepted: {error.verify_message}", False
    if isinstance(error, ssl.SSLEOFError | ConnectionResetError):
        return "the connection was cut", True
    if isinstance(error, ssl.SSLError):
        return "no TLS connection could be made", False
    if isinstance(error, TimeoutError):
        return f"no connection within {seconds:g} s", False
    if isinstance(error, socket.gaierror | UnicodeError):
        return "its name does not resolve", True
    return _KNOWN.get(getattr(error, "errno", None) or 0, "no connection could be made"), True
