"""The images of the embedded registry: tiny, but whole, and the same bytes each time for a name and tag."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_EMPTY_TAR = bytes(10240)


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that are named by their digest."""

    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits."""
        return "sha256:" + hashlib.sha256(self.content).hexdigest()


class Content:
    """What can be looked up in a repository, given the tags it has now."""

    def manifest(self, path: str, tags: Iterable[str], reference: str) -> Blob | None:
        """Find a manifest by tag or digest."""
        images = {tag: _image(path, tag)[0] for tag in tags}
        return images.get(reference) or next((m for m in images.values() if m.digest == reference), None)

    def blob(self, path: str, tags: Iterable[str], digest: str) -> Blob | None:
        """Find a configuration or a layer by its digest."""
        blobs = (blob for tag in tags for blob in _image(path, tag)[1:])
        return next((blob for blob in blobs if blob.digest == digest), None)


def manifest_digest(path: str, tag: str) -> str:
    """Give the digest under which the embedded registry serves `path:tag`."""
    return _image(path, tag)[0].digest


@cache
def _image(path: str, tag: str) -> tuple[Blob, Blob, Blob]:
    """Make the manifest, configuration and layer of one image."""
    layer = Blob(_LAYER, gzip.compress(_EMPTY_TAR, mtime=0))
    config = Blob(
        _CONFIG,
        _json(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Labels": {"org.opencontainers.image.ref.name": f"{path}:{tag}"}},
                "rootfs": {
                    "type": "layers",
                    "diff_ids": ["sha256:" + hashlib.sha256(_EMPTY_TAR).hexdigest()],
                },
            }
        ),
    )
    parts = [{"mediaType": b.media_type, "size": len(b.content), "digest": b.digest} for b in (config, layer)]
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": parts[0], "layers": parts[1:]}
    return Blob(_MANIFEST, _json(manifest)), config, layer


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
