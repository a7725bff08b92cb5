"""Why a pod has no node, read out of the scheduler's message, with what to do; pure functions.

Messages: pkg/scheduler/framework/types.go and framework/plugins, Kubernetes v1.20 to v1.36.
"""

import re

_PARTS = re.compile(r", (?=\d+ )")
_COUNT = re.compile(r"^\d+ ")
_AFTERWARDS = re.compile(r"\.? (no new claims to deallocate, )?preemption: .*")
_TAINT = "remove the taint, or add a node without it"
_KNOWN: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), words, step)
    for pattern, words, step in (
        (r"Insufficient (\S+)", r"insufficient \1", "free some there, or add a node"),
        (r"Too many pods", "no node takes further pods", "free some there, or add a node"),
        (r"didn't have free ports", "its port is taken on every node", "free the port, or add a node"),
        (r"PersistentVolumeClaim|persistentvolumeclaim", "", "see to the claim there"),
        (r"[Vv]olume", "", "see to its volume there"),
        (r"anti-affinity|affinity rules|topology spread", "", "add a node, or change these rules there"),
        (
            r"node selector|node affinity",
            "no node has the labels it asks for",
            "label a node, or change them",
        ),
        (r"taint.*node\.kubernetes\.io/not-ready", "a node is not ready", "have it looked at, or add a node"),
        (
            r"taint.*node\.kubernetes\.io/unreachable",
            "a node is unreachable",
            "have it looked at, or add one",
        ),
        (
            r"taint.*node\.kubernetes\.io/(\w+)-pressure",
            r"a node is short of \1",
            "free some there, or add a node",
        ),
        (
            r"were unschedulable|taint.*node\.kubernetes\.io/unschedulable",
            "cordoned",
            "uncordon a node, or add one",
        ),
        (r"untolerated taint\(s\)", "nodes have taints", _TAINT),
        (r"taint\S* \{([^:}]+):? *([^}]*)\}", r"taint \1=\2", _TAINT),
    )
)


def why_no_node(message: str) -> tuple[str, str]:
    """Give the reasons in plain words, what can be helped first, and what to do; unknown ones as they are."""
    text = _AFTERWARDS.sub("", " ".join(message.split()))
    if "nodes are available" in text:
        text = text.partition(": ")[2]
    reasons = [_reason(_COUNT.sub("", part)) for part in _PARTS.split(text.rstrip(". "))]
    reasons.sort(key=lambda reason: reason[0])
    words = ", ".join(dict.fromkeys(words for _, words, _ in reasons if words))
    return words, reasons[0][2]


def _reason(part: str) -> tuple[int, str, str]:
    for place, (pattern, words, step) in enumerate(_KNOWN):
        if found := pattern.search(part):
            return place, found.expand(words).rstrip("=") or part, step
    return len(_KNOWN), part, "look at the nodes there"
