"""Resources' names in texts: what the line itself names, and what stands in logs, environments and commands.

Linear in the text's length. A bare word of free text names a resource only where there is one of that name, or it looks
like a name at all.
"""

import re
from collections.abc import Iterable

from why403.denials.denial import Denial
from why403.iam.arn import parse_arn
from why403.iam.glob import is_wild
from why403.iam.place import Place
from why403.message import Message
from why403.services.declaration import Resource
from why403.services.names import arn_of_name
from why403.services.register import resource_name, resource_of
from why403.targets.candidate import Found

ARN = re.compile(
    r"arn:aws[a-z-]{0,20}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:\d{0,12}:[^\s\"'`,;<>()\[\]{}\\|]{1,1024}"
)
"""Masked accounts are left out: what is looked up must exist. The bounds keep the search linear."""
TOKEN = re.compile(r"[A-Za-z0-9_./+=@#-]{1,1024}")
"""What may stand in a resource's name, separators included; cut at names' ends afterwards."""
TRAILING = ".:/"
SHORTEST_NAME = 4
"""Characters: shorter names are words of any text (`app`, `db1`)."""
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


def arns_in(text: str, service: str) -> tuple[str, ...]:
    """The ARNs of one service in a text, without the punctuation that follows them; patterns left out."""
    found = []
    for match in ARN.finditer(text):
        arn = _without_path(match[0].rstrip(TRAILING))
        parsed = parse_arn(arn)
        if parsed is not None and parsed.service == service and not is_wild(parsed.resource):
            found.append(arn)
    return tuple(dict.fromkeys(found))


def _without_path(arn: str) -> str:
    """Lambda's URLs go on behind the function's ARN: `…:function:pricing/invocations`, and no name holds a slash."""
    return arn.partition("/")[0] if ":function:" in arn.partition("/")[0] else arn


def is_own_name(name: str) -> bool:
    """A name that is hardly an ordinary word of a log: it has a digit, a separator or a capital inside."""
    return len(name) >= SHORTEST_NAME and bool(re.search(r"[-_./\d]|[a-z][A-Z]", name))


class Names:
    """Listed resources by the names under which a text may speak of them."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = {}
        for arn in listed:
            for name in _names(arn):
                self._by_name.setdefault(name, []).append(arn)

    def called(self, name: str) -> tuple[str, ...]:
        """The resources of exactly this name or ARN."""
        return tuple(self._by_name.get(name.strip(), ()))

    def among(self, text: str) -> Iterable[tuple[str, str]]:
        """(ARN, name) of the resources whose names stand in a text as words of their own."""
        seen: set[str] = set()
        for token in TOKEN.findall(text):
            for name in (token, token.rstrip(TRAILING), *token.strip(TRAILING).split("/")):
                if name and name not in seen:
                    seen.add(name)
                    yield from ((arn, name) for arn in self._by_name.get(name, ()))


def _names(arn: str) -> tuple[str, ...]:
    name = resource_name(arn)
    parsed = parse_arn(arn)
    resource = resource_of(parsed) if parsed is not None else None
    more = resource.also_called(name) if resource is not None and resource.also_called is not None else ()
    return tuple(dict.fromkeys((arn, name, *more)))


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
