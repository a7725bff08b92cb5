"""`python -I -m bahriya_tui.opener`: closed to others before anything else is even loaded."""

from bahriya_tui.vault.undumpable import make_undumpable

make_undumpable()

from bahriya_tui.opener.main import main  # noqa: E402

main()
