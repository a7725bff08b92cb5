"""The page in a real browser: what is drawn, that keys reach the screens, and that nothing else is asked."""

from pathlib import Path

import pytest

from tests.operator import Operator
from tests.web.chromium import PROGRAMS, browser
from tests.web.hands import origin
from tests.web.test_serve import serving, shop  # noqa: F401

pytestmark = pytest.mark.skipif(
    None in PROGRAMS,
    reason="chromium and chromedriver are not installed (apt-get install chromium chromium-driver)",
)

_UNTIL_CLOSED = """
return new Promise((done) => {
  const look = () => document.body.classList.contains("-closed") ? done(true) : requestAnimationFrame(look);
  look();
});
"""


def test_the_screens_are_shown_in_a_browser_and_take_its_keys(
    shop: Operator,  # noqa: F811
    tmp_path: Path,
) -> None:
    with serving(shop) as served, browser(tmp_path / "profile") as window:
        window.tell("url", url=served.link)
        window.until("ghcr.io")
        assert "Registries" in window.shown
        before = window.picture()

        window.press("2")
        window.until("No container yet")

        assert window.picture() != before
        assert window.run("return location.search + document.cookie") == ""
        asked = window.run("return performance.getEntriesByType('resource').map((one) => one.name)")
        assert any(one.endswith(".ttf") for one in asked)
        assert all(one.startswith(origin(served.link)) for one in asked)
        assert window.run("return document.fonts.check(\"16px 'Roboto Mono'\")")

        window.press("q")
        window.run(_UNTIL_CLOSED)
        assert "Open it again" in window.run("return document.body.innerText")
