"""Many embedded regions in one process, as tests, the demo and `sim serve` use them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bahriya_tui.sim.certificates import new_authority
from bahriya_tui.sim.kubeconfig import write_kubeconfig
from bahriya_tui.sim.manifest import Registries
from bahriya_tui.sim.region import Region

CITIES = ("falkenstein-1", "helsinki-1", "virginia-1")


def region_names(count: int) -> list[str]:
    """Names for so many regions: three of cities, then region-4 and on."""
    return [CITIES[place] if place < len(CITIES) else f"region-{place + 1}" for place in range(count)]


class Fleet:
    """Regions that live as long as the `async with` block.

    `registry` is the address all nodes ask instead of every image host (a mirror, `http://127.0.0.1:PORT`);
    None asks the hosts themselves. `latency`: seconds before each answer. `pace`: seconds that one simulated
    second lasts.
    """

    def __init__(
        self,
        names: Sequence[str] = CITIES,
        *,
        registry: str | None = None,
        latency: float = 0.0,
        pace: float = 0.15,
    ) -> None:
        self._authority = new_authority()
        self._registries = Registries(registry)
        tls = self._authority.context
        self.regions = {name: Region(name, tls, self._registries, pace, latency) for name in names}

    @property
    def ca_pem(self) -> str:
        """The certificate authority that clients have to trust."""
        return self._authority.ca_pem

    def write_kubeconfig(self, path: Path) -> None:
        """Write how to reach all regions: one context per region, mode 0600."""
        write_kubeconfig(path, [region.access for region in self.regions.values()], self.ca_pem)

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(region.start() for region in self.regions.values()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(region.close() for region in self.regions.values()))
        await self._registries.close()
