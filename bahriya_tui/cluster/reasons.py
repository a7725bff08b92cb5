"""Why a request got no answer, in words for operators; knows the errors of urllib3 and of `ssl`."""

import ssl

from urllib3 import exceptions as http


def why(error: BaseException, connect_seconds: float, answer_seconds: float) -> str:
    """Say how far an attempt came. Nothing of the request is quoted, and no address (the caller has it)."""
    cause = _certificate(error)
    if cause is not None:
        return f"its certificate was not accepted: {cause}"
    if isinstance(error, http.NameResolutionError):
        return "its name does not resolve"
    if isinstance(error, http.NewConnectionError):
        return _new_connection(error)
    if isinstance(error, http.ConnectTimeoutError):
        return f"no connection within {connect_seconds:g} s"
    if isinstance(error, http.ReadTimeoutError | TimeoutError):
        return f"no answer within {answer_seconds:g} s"
    if isinstance(error, http.ProtocolError | OSError):
        return "the connection was cut"
    if "SSL" in type(error).__name__ or "SSL" in str(getattr(error, "reason", "")):
        return "no TLS connection could be made"
    return "the request failed"


def _new_connection(error: http.NewConnectionError) -> str:
    text = str(error).lower()
    for known in ("connection refused", "network is unreachable", "no route to host"):
        if known in text:
            return known
    return "no connection could be made"


def _certificate(error: BaseException | None) -> str | None:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        seen.add(id(error))
        inner = next((one for one in error.args if isinstance(one, BaseException)), None)
        error = inner or error.__cause__ or error.__context__
    return None
