"""Leave no sealed bytes of deleted credentials in the files of the store, or tell whoever deleted them."""

from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.store.database import Store

_LEFT = "its sealed bytes may still be in the journal of the store, which something keeps reading"
_HINT = "end what does; they go when nothing has the store open any more (bahriya worker stop)"


def scrub(store: Store, what: str) -> None:
    """Scrub the store after `what` was deleted; raise `Failed` where it could not be done."""
    if not store.scrub():
        raise Failed(f"{what} was deleted, but {_LEFT}", _HINT)


def scrub_after(store: Store, error: BaseException) -> None:
    """Scrub the store of a token that was not taken; `error`, which says why, tells where it could not be."""
    if not store.scrub() and isinstance(error, BahriyaError):
        error.hint = "; ".join(filter(None, (error.hint, _LEFT, _HINT)))
