"""The resource that the line itself names: by its ARN, or by a name, id or URL that makes one.

A bare word of free text names a resource only where there is one of that name, or it looks like a name at all.
"""

import re

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.message import Message
from why403.services.declaration import Resource
from why403.services.names import arn_of_name
from why403.targets.candidate import Found
from why403.targets.texts import Names, is_own_name

CERTAIN, WRITTEN_AS_NAME, THERE_IS_ONE, PLAUSIBLE = 1.0, 0.95, 0.9, 0.6
"""Chances: an ARN or URL is the thing; a quoted name nearly so; a word that names one; a word like a name."""
CONNECTIVES = frozenset(
    {
        "a",
        "an",
        "and",
        "as",
        "because",
        "by",
        "due",
        "for",
        "from",
        "in",
        "is",
        "of",
        "on",
        "or",
        "the",
        "this",
    }
    | {"to", "was", "when", "while", "with", "without"}
)
"""The words of a sentence that can follow `on resource` where the line leaves the resource out."""
NAME_FOLLOWS = r"(?:[\"'`]|[=:]\s{0,3})"


def is_certain(text: str) -> bool:
    """Whether a name is a whole ARN or URL, of which nothing has to be guessed."""
    return text.startswith("arn:") or "://" in text


def in_line(
    denial: Denial, kind: Resource | None, listed: tuple[str, ...], place: Place
) -> tuple[Found, ...]:
    """What the line names. `listed` are the resources of this kind that there are."""
    if denial.resource:
        return (Found(denial.resource, Message("targets.in-line", {"name": denial.resource}), CERTAIN),)
    name = denial.resource_name
    if not name or kind is None:
        return ()
    message = Message("targets.in-line", {"name": name})
    made = arn_of_name(kind, name, place)
    known = Names(listed).called(name) or Names(listed).called(name.partition("/")[0])
    if made is None:
        return tuple(Found(arn, message, WRITTEN_AS_NAME) for arn in known)
    weight = _weight(name, denial.excerpt, is_there=bool(known))
    return (Found(made, message, weight),) if weight else ()


def _weight(name: str, text: str, *, is_there: bool) -> float:
    if is_certain(name):
        return CERTAIN
    if is_there:
        return THERE_IS_ONE
    if name.lower() in CONNECTIVES:
        return 0.0
    if re.search(NAME_FOLLOWS + re.escape(name), text):
        return WRITTEN_AS_NAME
    return PLAUSIBLE if is_own_name(name) else 0.0
