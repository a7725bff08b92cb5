"""The forms an answer can take: the object itself, its metadata only, or a Table for `kubectl get`."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bahriya_tui.sim.kinds import Json, Kind
from bahriya_tui.sim.status import StatusError
from bahriya_tui.sim.tables import table

_AS = re.compile(r";\s*as=([A-Za-z]+)")
_METADATA = {"PartialObjectMetadata", "PartialObjectMetadataList"}


@dataclass(frozen=True, slots=True)
class Form:
    """What the Accept header asks for; `asked` is empty for plain objects."""

    asked: str
    include_object: str

    def one(self, kind: Kind, obj: Json) -> Json:
        """One object in this form; a Status stays what it is."""
        if obj.get("kind") == "Status":
            return obj
        if self.asked == "Table":
            return table(kind, [obj], obj["metadata"]["resourceVersion"], self.include_object)
        if self.asked == "PartialObjectMetadataList":
            raise _unfit("PartialObjectMetadataList, but the requested object is not a list", kind.name)
        # What was written in one version of the API may be asked for in another one.
        return metadata_only(obj) if self.asked else obj | {"apiVersion": kind.api_version}

    def many(self, kind: Kind, items: list[Json], version: str) -> Json:
        """A list in this form."""
        if self.asked == "Table":
            return table(kind, items, version, self.include_object)
        if self.asked == "PartialObjectMetadata":
            raise _unfit("PartialObjectMetadata, but the requested object is a list", f"{kind.name}List")
        name, api = f"{kind.name}List", kind.api_version
        if self.asked:
            name, api = "PartialObjectMetadataList", "meta.k8s.io/v1"
            items = [metadata_only(item) for item in items]
        else:
            items = [item | {"apiVersion": kind.api_version} for item in items]
        return {"kind": name, "apiVersion": api, "metadata": {"resourceVersion": version}, "items": items}

    def event(self, kind: Kind) -> Callable[[Json], Json]:
        """How a watch shows objects in this form."""
        return lambda obj: self.one(kind, obj)


def form(accept: str, include_object: str) -> Form:
    """The form of the first media type of an Accept header that this server can produce."""
    for media in accept.split(","):
        kind = media.split(";")[0].strip()
        found = _AS.search(media)
        asked = found[1] if found else ""
        if kind in ("application/json", "*/*", "") and asked in {"", "Table", *_METADATA}:
            return Form(asked, include_object)
    if not accept or "*/*" in accept:
        return Form("", include_object)
    message = "only the following media types are accepted: application/json"
    raise StatusError(406, "NotAcceptable", message)


def metadata_only(obj: Json) -> Json:
    """An object's metadata, without anything it contains."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _unfit(what: str, go_type: str) -> StatusError:
    return StatusError(406, "NotAcceptable", f"you requested {what} ({go_type})")
