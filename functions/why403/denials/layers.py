"""AWS's words for the layer that said no.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re

from why403.denials.denial import DenyKind

LAYERS = {
    "identity-based": "identity",
    "resource-based": "resource",
    "permissions boundary": "boundary",
    "permission boundary": "boundary",
    "permissions boundaries": "boundary",
    "session": "session",
    "sessions": "session",
    "vpc endpoint": "vpce",
    "service control": "scp",
    "resource control": "rcp",
    "role trust": "trust",
    "trust": "trust",
}
IMPLICIT = re.compile(r"because no (?P<layer>[\w -]{3,40}?)(?: polic(?:y|ies))? allows?\b", re.IGNORECASE)
"""`because no identity-based policy allows`, and `no permissions boundary allows`, which has no `policy`."""
REASONS = {
    **{
        f"because no {layer} policy allows": f"implicit-{kind}"
        for layer, kind in LAYERS.items()
        if "bound" not in layer
    },
    "because no permissions boundary allows": "implicit-boundary",
    **{
        f"with an explicit deny in {article} {layer}": f"explicit-{kind}"
        for layer, kind in LAYERS.items()
        for article in ("a", "an", "the")
    },
}
SHORTEST = len("because no i")
EXPLICIT_START = "with an explicit deny"
OF_ENDPOINT = "vpceaccessdenied"
"""CloudTrail's code, in lower case, of what a VPC endpoint's policy refused. It tells of no statement that denies, as AWS's words would:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html"""
OTHER_EXPLICIT_STARTS = ("due to an explicit deny", "because of an explicit deny")


def deny_kind(reason: str) -> DenyKind:
    """The deny kind that the text after the resource tells; a reason cut off is read as far as it is unambiguous."""
    lowered = reason.lower()
    for start in OTHER_EXPLICIT_STARTS:
        lowered = lowered.replace(start, EXPLICIT_START)
    implicit, explicit = lowered.find("because no "), lowered.find(EXPLICIT_START)
    if implicit >= 0 and (explicit < 0 or implicit < explicit):
        return _named("implicit", IMPLICIT.match(lowered, implicit)) or _cut(lowered[implicit:])
    if explicit >= 0:
        return _explicit(lowered[explicit:])
    if "with an exp" in lowered[-40:]:
        return _cut(lowered[lowered.rfind("with an exp") :])
    return DenyKind.IMPLICIT_VPCE if OF_ENDPOINT in lowered else DenyKind.UNKNOWN


def _explicit(lowered: str) -> DenyKind:
    for article in ("a ", "an ", "the "):
        start = f"{EXPLICIT_START} in {article}"
        if lowered.startswith(start):
            rest = lowered[len(start) :]
            layer = next((layer for layer in LAYERS if rest.startswith(layer)), None)
            if layer:
                return DenyKind(f"explicit-{LAYERS[layer]}")
            kinds = {kind for layer, kind in LAYERS.items() if len(rest) > 1 and layer.startswith(rest)}
            return DenyKind(f"explicit-{kinds.pop()}") if len(kinds) == 1 else DenyKind.EXPLICIT_UNKNOWN
    return DenyKind.EXPLICIT_UNKNOWN


def _named(how: str, match: re.Match[str] | None) -> DenyKind | None:
    layer = LAYERS.get(match["layer"].strip()) if match else None
    return DenyKind(f"{how}-{layer}") if layer else None


def _cut(rest: str) -> DenyKind:
    """A reason that the end of the text cut off: `because no identity-based poli`."""
    kinds = {kind for words, kind in REASONS.items() if words.startswith(rest)}
    if len(kinds) == 1 and len(rest) > SHORTEST:
        return DenyKind(kinds.pop())
    return DenyKind.EXPLICIT_UNKNOWN if kinds and rest.startswith("with an exp") else DenyKind.UNKNOWN
