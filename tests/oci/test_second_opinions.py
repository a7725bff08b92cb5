"""Our verdicts on pulls, and those of skopeo and containerd, which must not differ."""

from itertools import product

import pytest

from tests.oci.opinions import CONTAINERD, SKOPEO, Containerd, skopeo_pulls
from tests.oci.real_registry import NEEDED
from tests.oci.token_server import Mode
from tests.oci.world import Kind, World

pytestmark = NEEDED

IMAGES = ("team/api:v1", "team/api:v9", "other/app:v1", "library/nginx:v1")
MODES: list[tuple[Kind, Mode]] = [
    ("open", "strict"),
    ("htpasswd", "strict"),
    ("token", "strict"),
    ("token", "denied403"),
    ("token", "lenient"),
    ("token", "limited"),
    ("token", "broken"),
    ("token", "post400"),
    ("token", "post401"),
    ("token", "post404"),
    ("token", "post405"),
]
CASES = pytest.mark.parametrize(
    ("kind", "mode", "right"),
    [(*mode, right) for mode, right in product(MODES, (True, False))],
)


def pulled(world: World, kind: Kind, mode: Mode, login: str) -> dict[str, bool]:
    result = world.check(kind, login, *IMAGES, mode=mode)
    return {one.image.input: one.verdict in ("ok", "public") for one in result.images}


@SKOPEO
@CASES
def test_skopeo_pulls_what_we_say_can_be_pulled(world: World, kind: Kind, mode: Mode, right: bool) -> None:
    login = f"op:{world.password if right else 'wrong'}"
    ours = pulled(world, kind, mode, login)
    assert ours == {image: skopeo_pulls(image, login) for image in ours}


@CONTAINERD
@CASES
def test_containerd_pulls_what_we_say_can_be_pulled(
    world: World, containerd: Containerd, kind: Kind, mode: Mode, right: bool
) -> None:
    login = f"op:{world.password if right else 'wrong'}"
    ours = pulled(world, kind, mode, login)
    assert ours == {image: containerd.pulls(image, login) for image in ours}


@SKOPEO
@pytest.mark.parametrize("kind", ["tls", "ends soon", "expired", "wrong name"])
def test_skopeo_trusts_the_certificates_that_we_trust(world: World, kind: Kind) -> None:
    login = f"op:{world.password}"
    ours = pulled(world, kind, "strict", login)
    assert ours == {image: skopeo_pulls(image, login, world.ca_file(kind)) for image in ours}
