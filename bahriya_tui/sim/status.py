"""Refusals of the API server, in its own words, as `Status` objects."""

from bahriya_tui.sim.kinds import Json, Kind


class StatusError(Exception):
    """A request ends with this code, reason and message; `details` as in meta/v1 Status."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}
        self.headers = headers or {}

    def body(self) -> Json:
        """The Status object that goes over the wire."""
        body: Json = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }
        if self.details:
            body["details"] = self.details
        return body


def _details(kind: Kind, name: str) -> Json:
    details = {"name": name, "kind": kind.plural}
    return details | {"group": kind.group} if kind.group else details


def not_found(kind: Kind, name: str) -> StatusError:
    """404 for an object that is not there."""
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def no_such_path() -> StatusError:
    """404 for a path that no API serves."""
    return StatusError(404, "NotFound", "the server could not find the requested resource")


def already_exists(kind: Kind, name: str) -> StatusError:
    """409 for a second object of one name."""
    return StatusError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, why: str) -> StatusError:
    """409 for a write against another state than the one that was read."""
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(kind, name))


def bad_request(message: str) -> StatusError:
    """400 for a request that cannot be understood."""
    return StatusError(400, "BadRequest", message)


def invalid(kind: Kind, name: str, field: str, reason: str, message: str) -> StatusError:
    """422 for an object whose `field` is wrong; reason is `FieldValueInvalid` or `FieldValueRequired`..."""
    causes = [{"reason": reason, "message": message, "field": field}]
    details: Json = {"name": name, "kind": kind.name, "causes": causes}
    if kind.group:
        details["group"] = kind.group
    return StatusError(422, "Invalid", f'{kind.qualified} "{name}" is invalid: {field}: {message}', details)


def unauthorized() -> StatusError:
    """401 for a missing or wrong bearer token."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(kind: Kind, name: str, verb: str, namespace: str | None) -> StatusError:
    """403 as role-based access control words it."""
    where = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    what = f'User "operator" cannot {verb} resource "{kind.plural}" in API group "{kind.group}"{where}'
    quoted = f' "{name}"' if name else ""
    return StatusError(
        403, "Forbidden", f"{kind.resource}{quoted} is forbidden: {what}", _details(kind, name)
    )


def too_many(seconds: int) -> StatusError:
    """429 of a region that asks to wait."""
    message = "the server has received too many requests and has asked us to try again later"
    return StatusError(
        429,
        "TooManyRequests",
        message,
        {"retryAfterSeconds": seconds},
        {"Retry-After": str(seconds)},
    )


def denied(webhook: str, why: str) -> StatusError:
    """403 of an admission webhook."""
    return StatusError(403, "Forbidden", f'admission webhook "{webhook}" denied the request: {why}')


def expired(asked: int, oldest: int) -> StatusError:
    """410 for a resourceVersion whose history is gone."""
    return StatusError(410, "Expired", f"too old resource version: {asked} ({oldest})")
