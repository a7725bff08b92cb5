"""Failed pulls whose message has several causes: no such image, no right to see it, or a login that is wrong.

A region cannot tell which; a check of the registry can. The texts are those of containerd and of registries.
"""

import re

_SEVERAL_CAUSES = re.compile(
    r"may require authorization|may require 'docker login'|insufficient_scope|pull access denied"
    r"|\b(?:denied|unauthorized): |failed to authorize|failed to fetch oauth token"
    r"|pulling from host \S+ failed with status code .*40[13]"
    r"|manifest unknown|\S+[:@][\w.:-]+: not found",
    re.IGNORECASE,
)


def has_several_causes(message: str) -> bool:
    """Tell whether what a region said of a failed pull may mean the credential as well as the image."""
    return _SEVERAL_CAUSES.search(message) is not None
