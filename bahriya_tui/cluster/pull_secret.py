"""Pull secrets as objects: their marks. What is in them is the opener's business alone."""

from bahriya_tui.cluster import objects


def labels(project: str, registry: str) -> dict[str, str]:
    """Give the labels of a pull secret of `registry`."""
    return objects.labels(project, registry=registry)


def annotations(version: int) -> dict[str, str]:
    """Give the annotations of a pull secret that holds `version` of a registry's credentials."""
    return {objects.VERSION: str(version)}
