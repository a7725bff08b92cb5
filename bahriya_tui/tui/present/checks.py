"""The check of a registry as a sheet: the verdict, of what and when, what was tried, what to do next."""

from bahriya_tui.keyboard.in_use import sign
from bahriya_tui.model.check import CheckResult, ImageResult, Step, sentence
from bahriya_tui.model.checked import Checked
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.present.text import (
    Cell,
    Fact,
    Heading,
    Note,
    Part,
    Sheet,
    Tone,
    ago,
    cell,
    fact,
    literal,
    moment,
)

_MARKS: dict[Tone, str] = {"good": "●", "warn": "▲", "bad": "✕"}
_IMAGES: dict[str, Tone] = {"ok": "good", "public": "warn", "not proven": "warn"}


def tone(result: CheckResult) -> Tone:
    """Say how good a verdict is."""
    return "good" if result.good else "bad" if result.refused else "warn"


def verdict(result: CheckResult) -> Cell:
    """Give the sentence with its sign."""
    how = tone(result)
    return cell(f"{_MARKS[how]} {sentence(result)}", how)


def whose(checked: Checked, registry: Registry) -> Cell:
    """Say of which version it is, and where that is not the one that counts."""
    if checked.version == registry.version:
        return cell(f"v{checked.version}, the current one")
    counts = f"; v{registry.version} counts now" if registry.version else ""
    return cell(f"v{checked.version}, not the current one{counts}", "warn")


def when(checked: Checked, now: str) -> Cell:
    """Say when it was and from where."""
    return cell(f"{moment(checked.at)}, {ago(checked.at, now)}, from {checked.place}")


def sheet(
    registry: Registry,
    checked: Checked | None,
    now: str,
    *,
    asking: bool = False,
    failed: BahriyaError | None = None,
) -> Sheet:
    """Tell what is known: `checked`, while `asking` from before, or that the check itself `failed`."""
    title = f"Check of {literal(registry.handle)} at {literal(registry.server)}"
    parts: list[Part] = []
    if asking:
        parts.append(Note("asking the registry …", "accent"))
        if checked is not None:
            parts.append(Fact("Before", verdict(checked.result)))
            parts.append(Fact("When", when(checked, now)))
        back = f"{sign('detail.back')} leaves it running; the verdict is told wherever you are then."
        return Sheet(title, (*parts, Note(back, "dim")))
    if failed is not None:
        hint = f"; {failed.hint}" if failed.hint else ""
        parts.append(Note(literal(f"✕ not checked: {failed.message}{hint}"), "bad"))
    if checked is None:
        return Sheet(title, tuple(parts))
    return Sheet(title, (*parts, *_found(registry, checked, now)))


def _found(registry: Registry, checked: Checked, now: str) -> list[Part]:
    result = checked.result
    shown, how = verdict(result)[0]
    parts: list[Part] = [
        Note(shown, how),
        *(fact("" if number else "Next", text) for number, text in enumerate(next_steps(checked, registry))),
        Fact("Version", whose(checked, registry)),
        Fact("Checked", when(checked, now)),
    ]
    if checked.rejected_since is not None:
        since = (
            f"since {moment(checked.rejected_since)}; not sent again, as registries lock out who keeps trying"
        )
        parts.append(fact("Rejected", since, "warn"))
    if result.limit is not None:
        parts.append(fact("Rate limit", result.limit.words, "" if result.limit.remaining else "warn"))
    if result.steps:
        parts += [Heading("Steps"), *(Fact(step.name, _step(step)) for step in result.steps)]
    parts += [Heading("Images"), *(Fact(image.verdict, _image(image)) for image in result.images)]
    if not result.images:
        parts.append(Note(f"None was tried. {sign('check.image')} tries one.", "dim"))
    return parts


def _step(step: Step) -> Cell:
    how: Tone = "good" if step.good else "bad"
    state = "ok" if step.good else "failed"
    return (
        (f"{state:<6}", how),
        (f"{step.ms:>6} ms  ", "dim"),
        (literal(step.detail), "" if step.good else "bad"),
    )


def _image(image: ImageResult) -> Cell:
    how = _IMAGES.get(image.verdict, "bad")
    name = (f"{_MARKS[how]} {literal(image.image.familiar)}", how)
    return (name, (f": {literal(image.reason)}", "")) if image.reason else (name,)


def next_steps(checked: Checked, registry: Registry) -> list[str]:
    """Say what helps against what was found."""
    result = checked.result
    verdicts = {image.verdict for image in result.images}
    if checked.version != registry.version:
        return [f"{sign('check.check_again')} checks v{registry.version}, the version that counts."]
    if result.login == "rejected":
        again = f" {sign('check.again')} sends the same token once more." if checked.rejected_since else ""
        return [f"{sign('check.rotate')} rotates to a new token, which is checked before it counts.{again}"]
    if "denied" in verdicts:
        return [
            f"Give the token the right to pull it, or rotate it with {sign('check.rotate')} to one that may."
        ]
    if "not found" in verdicts:
        return [
            "Look at name and tag; some registries say the same where a token lacks the right.",
            f"{sign('check.image')} tries another image, {sign('check.rotate')} rotates to another token.",
        ]
    if any(not step.good for step in result.steps) or (result.login == "not proven" and not result.images):
        return [
            f"{sign('check.check_again')} asks again; {sign('check.connection')} sets plain HTTP, a private "
            "CA or a proxy.",
            "Nodes may reach it although this machine does not.",
        ]
    if result.login == "not proven" or "public" in verdicts or "not proven" in verdicts:
        return [f"{sign('check.image')} tries a private image: only that proves what it may pull."]
    return ["Nothing: what was tried can be pulled from here. Nodes may still reach less than this machine."]
