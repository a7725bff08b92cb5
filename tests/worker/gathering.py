"""The worker, which waits for every region before it starts an opener, however slow this machine is.

`python -m tests.worker.gathering bahriya_tui.worker`: the last word is what tells a worker's process.
"""

import runpy
import sys

from bahriya_tui.worker import opener_batch

AS_LONG_AS_IT_TAKES = 60.0
"""Seconds; a batch in which all regions are closes at once."""

if __name__ == "__main__":
    opener_batch.GATHER_SECONDS = opener_batch.LONGEST_GATHER_SECONDS = AS_LONG_AS_IT_TAKES
    del sys.argv[1:]
    runpy.run_module("bahriya_tui.worker", run_name="__main__", alter_sys=True)
