"""What commands print with `--json`, as types: JSON Schema is derived from them, and `mypy` checks the rest.

Where a dataclass of the model is printed as it is, it stands here under its own name and nowhere else. Times
are ISO 8601 in UTC. None of these holds a secret.
"""

from bahriya_tui.cli.records.audit import *  # noqa: F403
from bahriya_tui.cli.records.declared import *  # noqa: F403
from bahriya_tui.cli.records.dry_run import *  # noqa: F403
from bahriya_tui.cli.records.machine import *  # noqa: F403
from bahriya_tui.cli.records.registries import *  # noqa: F403
from bahriya_tui.cli.records.vault import *  # noqa: F403
from bahriya_tui.cli.records.workloads import *  # noqa: F403
