"""`python -I -m bahriya_tui.opener PARENT`: closed to others before anything else is even loaded.

Lives no longer than the thread of process `PARENT` that started it, so that no credential is sent for a
worker that is gone. Where the system cannot promise that, the worker ends its openers itself.
"""

import ctypes
import gc
import os
import signal
import sys

from bahriya_tui.isolation.undumpable import make_undumpable

_PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
# A parent that ended before the line above is not told of any more.
if sys.argv[1:] != [str(os.getppid())]:
    os._exit(1)
make_undumpable()
# It ends before there could be anything to collect.
gc.disable()

from bahriya_tui.opener.main import main  # noqa: E402

main()
