"""What the tests here deploy: container `app`, pulled from the private registry `team`."""

from tests.operator import Operator
from tests.real.cluster import Cluster


def connect(operator: Operator, cluster: Cluster, password: str, *more: str) -> None:
    """Add the registry, with a password that its server may or may not accept."""
    server = ["--server", cluster.registry, "--username", "op"]
    operator.run("registry", "add", "team", *server, "--password-stdin", *more, password=password)


def image(cluster: Cluster, tag: str) -> str:
    return f"{cluster.registry}/team/app:{tag}"


def add_container(operator: Operator, cluster: Cluster, *regions: str, tag: str = "v1") -> None:
    """Define the container, in every region unless some are named."""
    wanted = [argument for region in regions or cluster.contexts for argument in ("--region", region)]
    named = ["--image", image(cluster, tag), "--registry", "team"]
    operator.run("container", "add", "app", *named, "--type", "worker", *wanted)


def run_app(operator: Operator, cluster: Cluster, password: str, *regions: str) -> None:
    """Bring the container to where it runs with the registry's current password."""
    cluster.set_password(password)
    connect(operator, cluster, password)
    add_container(operator, cluster, *regions)
    operator.run("deploy", "app")
