"""What somebody else changed while a form was open is not written over unseen."""

import pytest

from bahriya_tui.model.errors import InUse
from bahriya_tui.operations.edit import edit_container, edit_region, edit_registry
from bahriya_tui.store import containers, regions, registries
from tests.operations.conftest import Quiet, define


def test_a_field_of_a_container_that_somebody_else_changed_is_kept(session: Quiet) -> None:
    define(session, "web")
    shown = containers.get(session.connection, "shop", "web")
    edit_container(session, "shop", "web", regions=["falkenstein-1", "helsinki-1"], replicas=4)

    with pytest.raises(InUse, match="somebody else changed replicas and regions meanwhile"):
        edit_container(session, "shop", "web", regions=["virginia-1"], replicas=1, shown=shown)

    stored = containers.get(session.connection, "shop", "web")
    assert (stored.regions, stored.replicas) == (("falkenstein-1", "helsinki-1"), 4)


def test_another_field_of_it_and_the_same_change_are_taken(session: Quiet) -> None:
    define(session, "web")
    shown = containers.get(session.connection, "shop", "web")
    edit_container(session, "shop", "web", replicas=4)

    edit_container(session, "shop", "web", name="Shop window", replicas=4, shown=shown)

    stored = containers.get(session.connection, "shop", "web")
    assert (stored.name, stored.replicas) == ("Shop window", 4)


def test_an_expiry_that_somebody_else_declared_is_kept(session: Quiet) -> None:
    shown = registries.get(session.connection, "shop", "team")
    edit_registry(session, "shop", "team", expires="2027-01-31")

    with pytest.raises(InUse, match="somebody else changed expires meanwhile"):
        edit_registry(session, "shop", "team", expires="2030-01-01", shown=shown)
    edit_registry(session, "shop", "team", name="Team", shown=shown)

    stored = registries.get(session.connection, "shop", "team")
    assert (stored.expires, stored.name) == ("2027-01-31", "Team")


def test_a_place_of_a_region_that_somebody_else_named_is_kept(session: Quiet) -> None:
    shown = regions.get(session.connection, "helsinki-1")
    edit_region(session, "helsinki-1", city="Espoo")

    with pytest.raises(InUse, match="somebody else changed city meanwhile"):
        edit_region(session, "helsinki-1", city="Helsinki", shown=shown)
    edit_region(session, "helsinki-1", country="Finland", shown=shown)

    stored = regions.get(session.connection, "helsinki-1")
    assert (stored.city, stored.country) == ("Espoo", "Finland")
