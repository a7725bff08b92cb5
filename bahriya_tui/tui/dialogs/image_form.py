"""An image to try a registry with; it is not stored."""

from collections.abc import Iterable

from bahriya_tui.model import validate
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.dialogs.form import Field, Form, Text


class ImageForm(Form[str]):
    """Asks for one image."""

    save = "Check it"
    note = "A private image proves what the token may pull. It is only looked up, never pulled."

    def __init__(self, registry: Registry, image: str = "") -> None:
        super().__init__()
        self.question = f"Check {registry.handle} with an image"
        self.draft = image or f"{registry.server}/"

    def fields(self) -> Iterable[Field]:
        """The image."""
        yield Text("image", "Image", self.draft or "", "ghcr.io/acme/api:1.4")

    def read(self) -> str:
        """Check that it is an image with tag or digest."""
        return validate.image_reference(self.text("image"))
