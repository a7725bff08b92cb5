"""Which protected regions have to be named before something is changed, and what is typed to name them."""

import pytest

from bahriya_tui.model.protection import Protected, to_type, unnamed
from bahriya_tui.model.region import Region

HELSINKI, VIRGINIA, PARIS = "helsinki-1", "virginia-1", "paris-1"


def region(id_: str, *, protected: bool) -> Region:
    return Region(id_, "", "", "", id_, "", "", "", "active", "", None, "", protected=protected)


KNOWN = [region(HELSINKI, protected=True), region(VIRGINIA, protected=True), region(PARIS, protected=False)]


@pytest.mark.parametrize(
    ("touched", "named", "left"),
    [
        ((), (), ()),
        ((PARIS,), (), ()),
        ((HELSINKI,), (), (HELSINKI,)),
        ((HELSINKI,), (HELSINKI,), ()),
        ((HELSINKI,), (VIRGINIA,), (HELSINKI,)),
        ((VIRGINIA, PARIS, HELSINKI), (), (VIRGINIA, HELSINKI)),
        ((VIRGINIA, PARIS, HELSINKI), (HELSINKI, PARIS), (VIRGINIA,)),
        ((HELSINKI, HELSINKI), (), (HELSINKI,)),
        (("gone-1",), (), ()),
    ],
)
def test_what_is_touched_protected_and_not_named_is_left(
    touched: tuple[str, ...], named: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert unnamed(KNOWN, touched, named) == left


@pytest.mark.parametrize(("regions", "typed"), [((HELSINKI,), HELSINKI), ((HELSINKI, VIRGINIA), "2 regions")])
def test_one_region_is_named_by_its_id_and_several_by_their_number(
    regions: tuple[str, ...], typed: str
) -> None:
    assert to_type(regions) == typed


def test_the_refusal_names_the_regions_and_says_what_to_do() -> None:
    refused = Protected("a deployment of web", (HELSINKI, VIRGINIA))
    assert refused.exit_code == 3
    assert refused.message == "a deployment of web is refused: regions helsinki-1, virginia-1 are protected"
    assert refused.hint == "if it is meant, say so: --protected helsinki-1 --protected virginia-1"
