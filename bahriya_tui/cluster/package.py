"""What is used of the package `kubernetes`; its other parts are only loaded if somebody asks for them.

The package imports all of them by itself, and with them libraries for logins that kubeconfigs of today do not
have: a fifth of the CPU that it takes to start a worker.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

_UNUSED = frozenset(
    f"kubernetes.{part}" for part in ("config", "dynamic", "informer", "leaderelection", "stream", "watch")
)


class _Later(MetaPathFinder):
    """Finds the unused parts, and has them loaded when something in them is first asked for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in _UNUSED else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


_later = _Later()
sys.meta_path.insert(0, _later)
try:
    from kubernetes.client.rest import RESTClientObject
finally:
    sys.meta_path.remove(_later)

__all__ = ["RESTClientObject"]
