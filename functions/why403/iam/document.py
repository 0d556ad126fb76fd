"""A policy document read into statements, with what is wrong with it named instead of raised.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import marshal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from why403.iam.condition import Operator, parse_operator
from why403.iam.patterns import ActionPatterns, action_patterns

VARIABLES_VERSION = "2012-10-17"
VERSIONS = (VARIABLES_VERSION, "2008-10-17")
EFFECTS = ALLOW, DENY = "Allow", "Deny"
OBJECTS, LISTS, SCALARS = (dict, Mapping), (list, tuple), (str, int, float)
"""What JSON's are in Python, the most frequent first: a union would be made anew at each look."""
WITHOUT_REFERENCES = 2
"""The version of marshal's bytes in which equal values are equal bytes; a quarter of JSON's time."""
REMEMBERED = 4096
"""Elements: the same few lists of actions and conditions stand in most statements; a company's alphabet, several times over."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Condition:
    """One operator on one key, as the policy spells both; itself alone its equal, and one for the same element."""

    name: str
    operator: Operator
    key: str
    values: tuple[str, ...]


Texts = tuple[str, ...] | None


class StatementForm:
    """What a statement says, but for its Sid and resources: the same object for the same words, and itself alone its equal.

    An element that is not there is None. `defects` are all but its resources'.
    """

    __slots__ = ("actions", "conditions", "defects", "effect", "negated", "not_actions", "not_principal",
                 "patterns", "principal")  # fmt: skip

    def __init__(self, written: Mapping[str, Any]) -> None:
        get = written.get
        effect = get("Effect")
        self.effect: str = effect if isinstance(effect, str) else ""
        self.actions, action_sound = _actions(get("Action"))
        self.not_actions, not_action_sound = _actions(get("NotAction"))
        self.principal: object = get("Principal")
        self.not_principal: object = get("NotPrincipal")
        self.conditions, found = _conditions_of(get("Condition"))
        self.negated = self.not_actions is not None
        self.patterns: ActionPatterns = action_patterns(self.not_actions or self.actions or ())
        """Of its NotAction where it has one, else of its Action."""
        defects = list(found)
        if effect not in EFFECTS:
            defects.append(Defect.EFFECT)
        if not _ELEMENTS.issuperset(written):
            defects.append(Defect.UNKNOWN_ELEMENT)
        named, excepted = "Action" in written, "NotAction" in written
        if named is excepted or not (action_sound if named else not_action_sound):
            defects.append(Defect.ACTION_ELEMENT)
        if "Principal" in written and "NotPrincipal" in written:
            defects.append(Defect.PRINCIPAL_ELEMENT)
        self.defects = tuple(defects)


class Statement(NamedTuple):
    """One statement, its `number` from 0. An element that is not there is None; `defects` say what AWS would refuse.

    A named tuple: there are a dozen in each line of `why403 evaluate`, and a frozen dataclass takes three times as long to make.
    """

    number: int
    sid: str
    form: StatementForm
    resources: Texts = None
    not_resources: Texts = None
    defects: tuple[Defect, ...] = ()

    @property
    def name(self) -> str:
        """The Sid, or `#1` for the first statement where it has none."""
        return self.sid or f"#{self.number + 1}"

    @property
    def effect(self) -> str:
        """`Allow` or `Deny`, where it is sound."""
        return self.form.effect

    @property
    def actions(self) -> Texts:
        """Of its Action."""
        return self.form.actions

    @property
    def not_actions(self) -> Texts:
        """Of its NotAction."""
        return self.form.not_actions

    @property
    def principal(self) -> object:
        """As written."""
        return self.form.principal

    @property
    def not_principal(self) -> object:
        """As written."""
        return self.form.not_principal

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """In the order written."""
        return self.form.conditions


class Document(NamedTuple):
    """`variables`: its Version knows policy variables. `defects` make the whole of it one that AWS would refuse."""

    statements: tuple[Statement, ...] = ()
    variables: bool = False
    defects: tuple[Defect, ...] = ()


_ELEMENTS = frozenset({"Effect", "Action", "NotAction", "Principal", "NotPrincipal", "Condition"})
"""Of a statement's form."""


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
    if not isinstance(written, LISTS):
        if not isinstance(written, OBJECTS):
            return Document(defects=(Defect.NO_STATEMENT,))
        written = (written,)
    statements = tuple([_statement(number, statement) for number, statement in enumerate(written)])
    defects = () if version is None or version in VERSIONS else (Defect.VERSION,)
    return tuple.__new__(Document, (statements, version == VARIABLES_VERSION, defects))


def _statement(number: int, written: object) -> Statement:
    if not isinstance(written, OBJECTS):
        return Statement(number, "", StatementForm({}), None, None, (Defect.NOT_AN_OBJECT,))
    rest = dict(written)
    sid, resource = rest.pop("Sid", None), rest.pop("Resource", None)
    resources = (resource,) if isinstance(resource, str) else _texts(resource)
    excepted = "NotResource" in rest
    not_resources = _texts(rest.pop("NotResource")) if excepted else None
    words = words_of(rest)
    form = StatementForm(rest) if words is None else _FORMS.get(words) or _form_of(rest, words)
    defects = form.defects
    if (excepted or not resources or "" in resources) and (
        "Resource" in written or (excepted and (not not_resources or "" in not_resources))
    ):
        before = len(defects) - (defects[-1:] == (Defect.PRINCIPAL_ELEMENT,))
        defects = (*defects[:before], Defect.RESOURCE_ELEMENT, *defects[before:])
    fields = number, sid if isinstance(sid, str) else "", form, resources, not_resources, defects
    return tuple.__new__(Statement, fields)  # half the time of its own call, a dozen times a line


def _form_of(rest: Mapping[str, Any], words: bytes) -> StatementForm:
    """Of what stands beside the Sid and the resources."""
    if len(_FORMS) >= REMEMBERED:
        _FORMS.clear()
    found = _FORMS[words] = StatementForm(rest)
    return found


_FORMS: dict[bytes, StatementForm] = {}


def _actions(written: object) -> tuple[Texts, bool]:
    """The texts of an Action or NotAction, and whether there is one and each is one that IAM stores."""
    texts = _texts(written)
    return texts, bool(texts) and all(map(_is_action, texts or ()))


def _is_action(text: str) -> bool:
    """`service:Name` or `*`; IAM stores no action without its service."""
    return ":" in text or not text.strip("*")


def _texts(written: object) -> Texts:
    """One text or a list of them; None for what is neither."""
    if isinstance(written, str):
        return (written,)
    if isinstance(written, LISTS):
        for item in written:
            if not isinstance(item, str):
                return None
        return tuple(written)
    return None


Tested = tuple[tuple[Condition, ...], tuple[Defect, ...]]
"""The conditions of an element, and what is wrong with it."""
_NO_CONDITIONS: Tested = (), ()


def _conditions_of(written: object) -> Tested:
    if written is None:
        return _NO_CONDITIONS
    words = words_of(written)
    return _conditions(written) if words is None else _conditions_known(words)


def words_of(written: Any) -> bytes | None:  # noqa: ANN401  # whatever JSON has
    """Equal bytes for equal elements, which marshal.loads reads; None where one is nested too deep or no JSON."""
    try:
        return marshal.dumps(written, WITHOUT_REFERENCES)
    except ValueError:
        return None


@lru_cache(REMEMBERED)
def _conditions_known(words: bytes) -> Tested:
    """The same objects for the same element."""
    return _conditions(marshal.loads(words))  # noqa: S302  # our own bytes


def _conditions(written: object) -> Tested:
    if not isinstance(written, OBJECTS):
        return (), (Defect.CONDITION_ELEMENT,)
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
    return tuple(found), tuple(defects)


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
