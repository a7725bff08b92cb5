"""Has the keys looked after, in a process of their own: this one never holds a private half."""

from bahriya_tui.launch.process import answer_of
from bahriya_tui.places import Places
from bahriya_tui.vault.keys import need_care


def ensure_keys(places: Places) -> None:
    """Return when there are keys to seal with; `Locked` where the folders do not allow any."""
    if need_care(places.public_keys, places.private_keys):
        answer_of("bahriya_tui.vault.create", [str(places.public_keys), str(places.private_keys)])
