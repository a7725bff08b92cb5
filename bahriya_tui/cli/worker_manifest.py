"""`bahriya worker manifest`: the objects with which Bahriya runs inside a cluster."""

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.in_cluster import HERE, OTHERS, OTHERS_SECRET, Settings, checked, objects
from bahriya_tui.model.rbac import HOME


@click.command("manifest")
@click.argument("id_", metavar="ID")
@click.option("--image", required=True, metavar="I", help="Image with Bahriya in it, with a tag or digest.")
@click.option("--pull-secret", metavar="S", help="Secret there with which nodes pull the image.")
@click.option("--storage", default="1Gi", show_default=True, metavar="SIZE", help="Of the store's volume.")
@click.option("--storage-class", metavar="C", help="Default: the cluster's.")
@common
def manifest(
    asked: Common, id_: str, image: str, pull_secret: str | None, storage: str, storage_class: str | None
) -> None:
    """Print what runs store and worker as a pod in a cluster, which is to be region ID.

    The kubeconfig of the other regions is a Secret beside it. What the worker may do in a region, in this one
    too, is for `bahriya region rbac` to say.
    """
    made = objects(checked(Settings(id_, image, pull_secret, storage, storage_class)))
    if asked.json:
        output.show(records.Manifests(apiVersion="v1", kind="List", items=made), as_json=True)
        return
    import yaml

    click.echo(yaml.safe_dump_all(made, sort_keys=False), nl=False)
    output.note(f"then, in the pod: bahriya region import --kubeconfig {HERE}")
    output.note(f"the other regions: secret {OTHERS_SECRET} in {HOME}, imported from {OTHERS}")
