"""What an ECR registry cannot be given, and what is not deployed with it."""

from functools import partial

import pytest

from bahriya_tui.launch.tokens import ReadToken
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import State
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.control import retry, rollback
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.store import deployments, registries
from tests.oci.fake_ecr import KEY_ID, SERVER
from tests.operations.conftest import REGIONS, Quiet, start_deployment
from tests.sealing import read_token

TEMPORARY = "ASIAIOSFODNN7EXAMPLE"


@pytest.fixture
def token(session: Quiet) -> ReadToken:
    return lambda context: read_token("t0ken", context, session.places.public_keys)


def test_a_temporary_key_is_refused_before_its_secret_is_read(session: Quiet, token: ReadToken) -> None:
    with pytest.raises(BadInput, match="session token"):
        connect_registry(
            session, "shop", "ecr", server=SERVER, username=TEMPORARY, read_token=token, check=False
        )
    with pytest.raises(BadInput, match="session token"):
        rotate_registry(
            session, "shop", "team", server=SERVER, username=TEMPORARY, read_token=token, check=False
        )
    assert [one.handle for one in registries.all(session.connection, "shop")] == ["team"]
    assert registries.get(session.connection, "shop", "team").version == 1


@pytest.mark.parametrize("of_init_job", [False, True])
@pytest.mark.parametrize(
    ("username", "hours", "refused"), [("AWS", 12.1, True), ("AWS", 11.9, False), (KEY_ID, 999, False)]
)
def test_a_deployment_with_a_token_that_has_ended_is_not_planned(
    session: Quiet,
    token: ReadToken,
    monkeypatch: pytest.MonkeyPatch,
    of_init_job: bool,
    username: str,
    hours: float,
    refused: bool,
) -> None:
    connect_registry(session, "shop", "ecr", server=SERVER, username=username, read_token=token, check=False)
    server, registry = ("registry.example", "team") if of_init_job else (SERVER, "ecr")
    add_container(session, "shop", "web", image=f"{server}/web:1.0", regions=REGIONS, registry=registry)
    if of_init_job:
        with session.store.write() as tx:
            ecr = registries.get(tx.conn, "shop", "ecr")
            tx.execute(
                "INSERT INTO init_job (container_id, project, position, name, image, command, registry,"
                " registry_id) SELECT id, project, 0, 'migrate', ?, '[]', 'ecr', ? FROM container",
                [f"{SERVER}/team/app:v1", ecr.id],
            )
    later = clock.later(clock.now(), hours * 3600)
    monkeypatch.setattr("bahriya_tui.operations.ended.now", lambda: later)
    if not refused:
        assert plan_deployment(session, "shop", ["web"])
        return
    with pytest.raises(Failed) as error:
        plan_deployment(session, "shop", ["web"])
    assert error.value.message.startswith("the ECR token of registry ecr ended at ")
    assert "bahriya registry rotate ecr --password-stdin" in error.value.hint
    assert plan_deployment(session, "shop", ["web"], renewing="ecr"), "it gets another token before"


def test_what_was_deployed_with_such_a_token_is_not_deployed_again(
    session: Quiet, token: ReadToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_registry(session, "shop", "ecr", server=SERVER, username="AWS", read_token=token, check=False)
    add_container(session, "shop", "web", image=f"{SERVER}/web:1.0", regions=REGIONS, registry="ecr")
    first = deployed(session)
    second = deployed(session)
    rotate_registry(session, "shop", "ecr", read_token=token, check=False)
    third = deployed(session, "failed")
    later = clock.later(clock.now(), 13 * 3600)
    monkeypatch.setattr("bahriya_tui.operations.ended.now", lambda: later)
    for again in (partial(rollback, session, second), partial(retry, session, third)):
        with pytest.raises(Failed, match="the ECR token of registry ecr ended at "):
            again()
    assert first < second < third == deployments.all(session.connection, "shop")[0].id

    rotate_registry(session, "shop", "ecr", username=KEY_ID, read_token=token, check=False)
    with pytest.raises(Failed) as lost:
        rollback(session, second)
    assert lost.value.hint == (
        "deploy with v3 instead, or bring it into the place of v1: bahriya registry rotate ecr --push-now"
    )
    push_now(session, "shop", "ecr")
    assert rollback(session, second).spec.pulls[0].version == 1


def deployed(session: Quiet, state: State = "done") -> int:
    """Deploy web, as if every region had ended like this."""
    (plan,) = plan_deployment(session, "shop", ["web"])
    number = start_deployment(session, plan).id
    with session.store.write() as tx:
        tx.execute("UPDATE deployment SET state = ? WHERE id = ?", [state, number])
        reached = "running" if state == "done" else state
        tx.execute("UPDATE deployment_region SET state = ? WHERE deployment = ?", [reached, number])
    return number
