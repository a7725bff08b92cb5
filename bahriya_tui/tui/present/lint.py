"""Advice on registries: as a part of a sheet, and among the findings of the Security screen."""

from dataclasses import dataclass

from bahriya_tui.model.finding import Finding
from bahriya_tui.model.lint import Advice, Picture, advise
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.present.text import Fact, Heading, Note, Tone, literal
from bahriya_tui.tui.view import View


def advice(view: View, now: str, registry_id: str | None = None) -> list[Advice]:
    """Apply the rules to all registries that are shown, or to one."""
    picture = Picture(tuple(view.world.subjects.values()), view.links, view.secrets)
    return advise(picture, now, registry_id)


def parts(registry: Registry, view: View, now: str) -> list[Heading | Fact | Note]:
    """Draw the advice on one registry as a part of its sheet; nothing where there is none."""
    found: list[Heading | Fact | Note] = []
    for one in advice(view, now, registry.id):
        tone: Tone = "bad" if one.state == "bad" else "warn"
        found += [Note(literal(_sentence(one.sentence)), tone), Note(literal(_sentence(one.advice)), "dim")]
    return [Heading("Advice"), *found] if found else []


def findings(view: View, now: str) -> list["OfRegistry"]:
    """Give the advice on all registries as findings; the subject is what is wrong."""
    return [
        OfRegistry(
            one.rule.replace("-", " "),
            one.state,
            _sentence(one.sentence),
            _sentence(one.advice),
            one.registry,
        )
        for one in advice(view, now)
    ]


@dataclass(frozen=True, slots=True)
class OfRegistry(Finding):
    """A finding that does not concern the installation, but one registry of a project."""

    registry: str = ""
    """Its handle."""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
