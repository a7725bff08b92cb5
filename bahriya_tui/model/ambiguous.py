"""Failed pulls whose message has several causes: no such image, no right to see it, or a login that is wrong.

A region cannot tell which; a check of the registry can. The texts are those of containerd and of registries.
"""

import re

from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.waves import BAD

_SEVERAL_CAUSES = re.compile(
    r"may require authorization|may require 'docker login'|insufficient_scope|pull access denied"
    r"|\b(?:denied|unauthorized): |failed to authorize|failed to fetch oauth token"
    r"|pulling from host \S+ failed with status code .*40[13]"
    r"|manifest unknown|\S+[:@][\w.:-]+: not found",
    re.IGNORECASE,
)


def to_be_asked(run: Deployment) -> dict[str, str]:
    """Give the registries whose check would tell why a deployment failed, each with the image to try.

    Not those that were deleted before it: they cannot be checked, and the message names them as the cause.
    """
    spec, asked = run.spec, {}
    for region in run.regions:
        if region.state in BAD and has_several_causes(region.message):
            job = next((job for job in spec.init_jobs if f"init job {job.name}" in region.message), None)
            pulled = spec if job is None else job
            if pulled.registry is not None and pulled.version is not None:
                asked[pulled.registry] = pulled.image
    return asked


def has_several_causes(message: str) -> bool:
    """Tell whether what a region said of a failed pull may mean the credential as well as the image."""
    return _SEVERAL_CAUSES.search(message) is not None
