"""A new region, or a changed one; and regions taken from a kubeconfig, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.handle import check_region_id
from bahriya_tui.model.region import Region
from bahriya_tui.tui.dialogs.form import Field, Form, One, Text


@dataclass(frozen=True, slots=True)
class RegionDraft:
    """What was typed about a region."""

    id: str
    context: str
    kubeconfig: str | None
    name: str
    city: str
    country: str
    protected: bool = False


_PROTECTION = (("", "no"), ("yes", "yes: its id has to be typed before changes"))


class RegionForm(Form[RegionDraft]):
    """Asks for a region's id, its kubeconfig context and where it is."""

    question = "New region"
    note = "A process of its own reads the kubeconfig. Kept are its path, the context and the server's CA."

    def __init__(self, region: Region | None = None) -> None:
        super().__init__()
        self.known = region
        if region is not None:
            self.question, self.note = f"Edit region {region.id}", ""
            self.draft = draft_of(region)

    def fields(self) -> Iterable[Field]:
        """Id, context, kubeconfig, city, country, name and protection."""
        d, fixed = self.draft or RegionDraft("", "", None, "", "", ""), self.known is not None
        yield Text("id", "Region", d.id, "falkenstein-1", fixed)
        yield Text("context", "Context", d.context, "the same as the region", fixed)
        yield Text("kubeconfig", "Kubeconfig", d.kubeconfig or "", "~/.kube/config", fixed)
        yield Text("city", "City", d.city, "Falkenstein")
        yield Text("country", "Country", d.country, "Germany")
        yield Text("name", "Name", d.name, "for people, or nothing")
        yield One("protected", "Protected", _PROTECTION, "yes" if d.protected else "")

    def read(self) -> RegionDraft:
        """Check the id; the context is looked up when it is saved."""
        region = check_region_id(self.text("id"))
        return RegionDraft(
            region,
            self.text("context") or region,
            self.text("kubeconfig") or None,
            self.text("name"),
            self.text("city"),
            self.text("country"),
            self.one("protected") == "yes",
        )


def draft_of(region: Region) -> RegionDraft:
    """Begin with what the region is."""
    return RegionDraft(
        region.id,
        region.context,
        region.kubeconfig,
        region.name,
        region.city,
        region.country,
        region.protected,
    )


class ImportForm(Form[str]):
    """Asks for a kubeconfig whose contexts become regions."""

    question = "Regions from a kubeconfig"
    save = "Import"
    note = (
        "Each context becomes a region of the same name. Known ones, and names that are no valid id, "
        "are skipped. Credentials stay in the kubeconfig."
    )
    draft = ""

    def fields(self) -> Iterable[Field]:
        """The path."""
        yield Text("kubeconfig", "Kubeconfig", self.draft or "", "~/.kube/config")

    def read(self) -> str:
        """Check that there is a path."""
        if not self.text("kubeconfig"):
            raise BadInput("no kubeconfig given", "the path of a file, for example ~/.kube/config")
        return self.text("kubeconfig")
