"""`python -I -m bahriya_tui.opener PARENT`: closed to others before anything else is even loaded.

Lives no longer than the thread of process `PARENT` that started it, so that no credential is sent for a
worker that is gone.
"""

import gc
import sys

from bahriya_tui.isolation.tether import end_with
from bahriya_tui.isolation.undumpable import make_undumpable

end_with(*sys.argv[1:])
make_undumpable()
# It ends before there could be anything to collect.
gc.disable()

from bahriya_tui.opener.main import main  # noqa: E402

main()
