"""A policy document read into statements, with what is wrong with it named instead of raised.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from why403.iam.condition import Operator, parse_operator

VARIABLES_VERSION = "2012-10-17"
VERSIONS = frozenset({VARIABLES_VERSION, "2008-10-17"})
ALLOW, DENY = "Allow", "Deny"
OBJECTS, LISTS, SCALARS = (dict, Mapping), (list, tuple), (str, int, float)
"""What JSON's are in Python, the most frequent first: a union would be made anew at each look."""


class Defect(StrEnum):
    """Why AWS would refuse to store a document or a statement."""

    NOT_JSON = "not-json"
    NOT_AN_OBJECT = "not-an-object"
    TOO_DEEP = "too-deep"
    NO_STATEMENT = "no-statement"
    VERSION = "version"
    EFFECT = "effect"
    ACTION_ELEMENT = "action-element"
    RESOURCE_ELEMENT = "resource-element"
    PRINCIPAL_ELEMENT = "principal-element"
    CONDITION_ELEMENT = "condition-element"
    CONDITION_OPERATOR = "condition-operator"
    UNKNOWN_ELEMENT = "unknown-element"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One operator on one key, as the policy spells both."""

    name: str
    operator: Operator
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. An element that is not there is None; `defects` say what AWS would refuse."""

    index: int
    sid: str
    effect: str
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principal: object = None
    not_principal: object = None
    conditions: tuple[Condition, ...] = ()
    defects: tuple[Defect, ...] = ()

    @property
    def name(self) -> str:
        """The Sid, or `#1` for the first statement where it has none."""
        return self.sid or f"#{self.index + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`variables`: its Version knows policy variables. `defects` make the whole of it one that AWS would refuse."""

    statements: tuple[Statement, ...] = ()
    variables: bool = False
    defects: tuple[Defect, ...] = ()
    id: str = field(default="")


_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    }
)


def parse_document(document: Mapping[str, Any] | str) -> Document:
    """Read a document, parsed or as text. Nothing is raised: what is wrong stands in `defects`."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except RecursionError:
            return Document(defects=(Defect.TOO_DEEP,))
        except ValueError:
            return Document(defects=(Defect.NOT_JSON,))
    if not isinstance(document, OBJECTS):
        return Document(defects=(Defect.NOT_AN_OBJECT,))
    version = document.get("Version")
    written = document.get("Statement")
    statements = [written] if isinstance(written, OBJECTS) else written
    if not isinstance(statements, LISTS):
        return Document(defects=(Defect.NO_STATEMENT,))
    return Document(
        statements=tuple(_statement(number, statement) for number, statement in enumerate(statements)),
        variables=version == VARIABLES_VERSION,
        defects=() if version is None or version in VERSIONS else (Defect.VERSION,),
    )


def _statement(index: int, written: object) -> Statement:
    if not isinstance(written, OBJECTS):
        return Statement(index=index, sid="", effect="", defects=(Defect.NOT_AN_OBJECT,))
    effect = written.get("Effect")
    sid = written.get("Sid")
    conditions, condition_defects = _conditions(written.get("Condition"))
    defects = [*condition_defects]
    if effect not in {ALLOW, DENY}:
        defects.append(Defect.EFFECT)
    if not _ELEMENTS.issuperset(written):
        defects.append(Defect.UNKNOWN_ELEMENT)
    actions, not_actions = _texts(written.get("Action")), _texts(written.get("NotAction"))
    resources, not_resources = _texts(written.get("Resource")), _texts(written.get("NotResource"))
    if not _is_sound(written, ("Action", actions), ("NotAction", not_actions), test=_is_action):
        defects.append(Defect.ACTION_ELEMENT)
    if ("Resource" in written or "NotResource" in written) and not _is_sound(
        written, ("Resource", resources), ("NotResource", not_resources)
    ):
        defects.append(Defect.RESOURCE_ELEMENT)
    if "Principal" in written and "NotPrincipal" in written:
        defects.append(Defect.PRINCIPAL_ELEMENT)
    return Statement(
        index=index,
        sid=sid if isinstance(sid, str) else "",
        effect=effect if isinstance(effect, str) else "",
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principal=written.get("Principal"),
        not_principal=written.get("NotPrincipal"),
        conditions=conditions,
        defects=tuple(defects),
    )


def _is_sound(
    written: Mapping[str, Any],
    *pair: tuple[str, tuple[str, ...] | None],
    test: Callable[[str], object] = bool,
) -> bool:
    """One of the two elements, not both, with at least one text, each of which passes the test."""
    there = [texts for name, texts in pair if name in written]
    return len(there) == 1 and bool(there[0]) and all(map(test, there[0] or ()))


def _is_action(text: str) -> bool:
    """`service:Name` or `*`; IAM stores no action without its service."""
    return ":" in text or not text.strip("*")


def _texts(written: object) -> tuple[str, ...] | None:
    """One text or a list of them; None for what is neither."""
    if isinstance(written, str):
        return (written,)
    if isinstance(written, LISTS) and all(isinstance(item, str) for item in written):
        return tuple(written)
    return None


def _conditions(written: object) -> tuple[tuple[Condition, ...], list[Defect]]:
    if written is None:
        return (), []
    if not isinstance(written, OBJECTS):
        return (), [Defect.CONDITION_ELEMENT]
    found: list[Condition] = []
    defects: list[Defect] = []
    for name, key, values in _tests(written):
        operator = parse_operator(name)
        if operator is None:
            defects.append(Defect.CONDITION_OPERATOR)
        elif values is None:
            defects.append(Defect.CONDITION_ELEMENT)
        else:
            found.append(Condition(name=name, operator=operator, key=key, values=values))
    return tuple(found), defects


def _tests(written: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    for name, tests in written.items():
        if not isinstance(tests, OBJECTS):
            yield name, "", None
            continue
        for key, values in tests.items():
            yield name, key, _scalars(values)


def _scalars(values: object) -> tuple[str, ...] | None:
    """Values as text: JSON's `true` and 5 are `true` and `5`. None where one is no scalar."""
    listed = values if isinstance(values, LISTS) else [values]
    if not all(isinstance(value, SCALARS) for value in listed):
        return None
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in listed)
