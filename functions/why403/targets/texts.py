"""Resources' names in texts: logs, environments, commands. Linear in the text's length."""

import re
from collections.abc import Iterable

from why403.iam.arn import parse_arn
from why403.services.register import resource_name, resource_of

ARN = re.compile(
    r"arn:aws[a-z-]{0,20}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:\d{0,12}:[^\s\"'`,;<>()\[\]{}\\|]{1,1024}"
)
"""Masked accounts are left out: what is looked up must exist. The bounds keep the search linear."""
TOKEN = re.compile(r"[A-Za-z0-9_./+=@#-]{1,1024}")
"""What may stand in a resource's name, separators included; cut at names' ends afterwards."""
TRAILING = ".:/"
SHORTEST_NAME = 4
"""Characters: shorter names are words of any text (`app`, `db1`)."""


def arns_in(text: str, service: str) -> tuple[str, ...]:
    """The ARNs of one service in a text, without the punctuation that follows them; patterns left out."""
    found = []
    for match in ARN.finditer(text):
        arn = _without_path(match[0].rstrip(TRAILING))
        parsed = parse_arn(arn)
        if parsed is not None and parsed.service == service and not {"*", "?"} & set(parsed.resource):
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
