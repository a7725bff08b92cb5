"""The regions and the desk of the worker's tests."""

from tests.worker.conftest import desk, slow_desk, world

__all__ = ["desk", "slow_desk", "world"]
