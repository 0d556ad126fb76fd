"""Serverless Framework's iam section: the role that all functions share, or one's own (serverless-iam-roles-per-function).

https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.iam.layer import Policy
from why403.iam.place import REGION
from why403.sources.code import LANGUAGES
from why403.sources.code_tree import read_code
from why403.sources.planned import ALLOWS_UNKNOWN, UNKNOWN, Planned, PlannedPrincipal, listed, managed
from why403.sources.serverless_code import below, service_object, with_statements
from why403.sources.source_edit import Edit, SourceDraft, may_be, with_own_sid
from why403.sources.template import PSEUDO, Resolver
from why403.sources.template_edit import parsed
from why403.sources.yaml_text import List, Map, member, plain, spliced

SHARED = "IamRoleLambdaExecution"
"""The logical id of the role that the framework makes."""
PLUGIN = "serverless-iam-roles-per-function"
VARIABLE = re.compile(r"\$\{[^${}]*\}")
"""A variable of the framework with none in it: `${opt:stage, 'dev'}`."""
MOST_LEVELS = 20
"""Variables in each other."""
ADDS = (
    "What the framework and its plugins add to the role (logs, streams, queues of events) is not known here."
)
MORE = "the edit would change more than the policy"
OLD = ("iamRoleStatements",)
NEW = ("iam", "role", "statements")


@dataclass(frozen=True, slots=True)
class ServerlessOwner:
    """A serverless.yml, or .ts and .js, that makes a role; `way` leads to its statements, which need not be there yet."""

    path: Path
    text: str
    way: tuple[str, ...]
    logical_id: str
    line: int
    sure: bool

    @property
    def address(self) -> str:
        """Its logical id, and where its statements stand."""
        return f"{self.logical_id} ({'.'.join(self.way)})"

    def edited(self, draft: SourceDraft) -> Edit:
        """The file with the draft's statements more. SettingsError where that is not safe."""
        values = _values(self.path, self.text)
        taken = {each.get("Sid") for each in _statements(_dug(values, self.way)) if isinstance(each, Mapping)}
        statements = [with_own_sid(_with_lists(each), taken) for each in listed(draft.document["Statement"])]
        if "${" in json.dumps(statements):
            raise SettingsError("the draft holds ${…}, which the framework takes for a variable of its own")
        is_code = self.path.suffix in LANGUAGES
        after = (
            with_statements(self.path, self.text, self.way, statements)
            if is_code
            else self._in_text(statements)
        )
        wanted = _values(self.path, self.text)
        _appended(wanted, self.way, statements)
        if _values(self.path, after) != wanted:
            raise SettingsError(MORE)
        shared = (
            ["Every function without a role of its own has this role."] if self.logical_id == SHARED else []
        )
        return Edit(path=self.path, before=self.text, after=after, notes=(*shared, ADDS))

    def _in_text(self, statements: Sequence[Any]) -> str:
        root = parsed(self.text)[0]
        inside, missing = root, list(self.way)
        while missing and (deeper := member(inside, missing[0])) is not None:
            inside, missing = deeper, missing[1:]
        if missing and isinstance(inside, Map) and inside.value:
            after = spliced(self.text, inside, below(missing, statements), root)
        elif not missing and isinstance(inside, List) and inside.value:
            after = spliced(self.text, inside, statements, root)
        else:
            raise SettingsError(f"its {'.'.join(self.way)} is no list that stands in this file")
        wanted, more = plain(root), plain(yaml.compose(json.dumps(statements), Loader=yaml.SafeLoader))
        _appended(wanted, self.way, more)
        if plain(parsed(after)[0]) != wanted:
            raise SettingsError(MORE)
        return after

    def planned(self, path: Path, text: str, draft: SourceDraft) -> Planned:
        """The role's own policies as far as the file tells them; what the framework adds is not known."""
        values = _values(path, text)
        provider = _mapping(values.get("provider"))
        statements = list(_statements(_dug(values, self.way)))
        if self.logical_id != SHARED and _dug(values, (*self.way[:-1], "iamRoleStatementsInherit")):
            statements += [one for way in (OLD, NEW) for one in _statements(_dug(provider, way))]
        address = f"{path.name}: {'.'.join(self.way)}"
        role = _mapping(_mapping(provider.get("iam")).get("role"))
        attached = listed(role.get("managedPolicies")) + listed(provider.get("iamManagedPolicies"))
        given = [managed(str(_resolved(each))) for each in attached]
        policies = [Policy(address, {"Statement": statements}), Policy(address, ALLOWS_UNKNOWN), *given]
        boundary = role.get("permissionsBoundary") or provider.get("rolePermissionsBoundary")
        limits = [managed(str(_resolved(boundary)))] if boundary else None
        made = PlannedPrincipal(address, policies, limits)
        return Planned({f"role/{draft.name}": made}, file=path.name, account=draft.account)


def serverless_owners(path: Path, text: str, draft: SourceDraft) -> Iterator[ServerlessOwner]:
    """The roles of a service that may be the draft's. SettingsError where it does not parse."""
    if "service" not in text or "provider" not in text or draft.layer != "identity":
        return
    values = _values(path, text)
    provider = values.get("provider") if isinstance(values, Mapping) else None
    if not isinstance(provider, Mapping) or "service" not in values or str(provider.get("name")) != "aws":
        return
    resources = _mapping(_mapping(values.get("resources")).get("Resources"))
    for name, each in resources.items():
        told = (
            _mapping(_mapping(each).get("Properties")).get("RoleName") if isinstance(each, Mapping) else None
        )
        if told == draft.name or name == draft.logical_id:
            raise SettingsError(f"its resources make {draft.name} ({name}), and are not edited")
    own = list(_functions(path, text, values, draft))
    yield from own
    role = _mapping(provider.get("iam")).get("role")
    made = not provider.get("role") and (role is None or isinstance(role, Mapping))
    if own or not made:
        return
    named = _mapping(role).get("name")
    sure = _named(named, "-".join(_parts(values)), draft)
    stack = str(_resolved(provider.get("stackName") or "-".join(_parts(values)[:2])))
    of_stack = draft.logical_id == SHARED and may_be(draft.stack, stack) is not None
    if of_stack or (sure is not None and draft.logical_id in {"", SHARED}):
        old = "iamRoleStatements" in provider or str(values.get("frameworkVersion") or "").lstrip(
            "^~>= "
        ).startswith("1")
        way = ("provider", *(OLD if old else NEW))
        yield ServerlessOwner(path, text, way, SHARED, _line(text, "provider"), bool(sure))


def _functions(
    path: Path,
    text: str,
    values: Mapping[str, Any],
    draft: SourceDraft,
) -> Iterator[ServerlessOwner]:
    """The functions with a role of their own."""
    if PLUGIN not in [str(each) for each in listed(values.get("plugins"))]:
        return
    for name, function in _mapping(values.get("functions")).items():
        if not isinstance(function, Mapping) or not function.get("iamRoleStatements") or function.get("role"):
            continue
        service, stage, region, last = _parts(values)
        logical = _normal(str(name)) + SHARED
        sure = _named(
            function.get("iamRoleStatementsName"), "-".join((service, stage, str(name), region, last)), draft
        )
        if draft.logical_id == logical or (sure is not None and not draft.logical_id):
            way = ("functions", str(name), "iamRoleStatements")
            yield ServerlessOwner(path, text, way, logical, _line(text, str(name)), bool(sure))


def _named(named: object, default: str, draft: SourceDraft) -> bool | None:
    """Whether the role has the draft's name: its own, or what the framework makes of service, stage and Region."""
    if named is not None:
        return may_be(draft.name, str(_resolved(named)))
    if UNKNOWN not in default:
        return may_be(draft.name, default)
    begun, _, end = (re.escape(each).replace(UNKNOWN, ".+") for each in default.rpartition(UNKNOWN))
    is_made = re.fullmatch(f"{begun}{REGION if end == re.escape('-lambdaRole') else '.+'}{end}", draft.name)
    return False if is_made and may_be(draft.name, default) is not None else None


def _parts(values: Mapping[str, Any]) -> tuple[str, str, str, str]:
    service, provider = values["service"], _mapping(values.get("provider"))
    name = service.get("name") if isinstance(service, Mapping) else service
    stage, region = (str(_resolved(provider.get(each) or UNKNOWN)) for each in ("stage", "region"))
    return str(_resolved(name)), stage, region, "lambdaRole"


def _normal(name: str) -> str:
    """A function's name in logical ids."""
    told = name.replace("-", "Dash").replace("_", "Underscore")
    return told[:1].upper() + told[1:]


def _statements(written: object) -> Iterator[Any]:
    for each in written if isinstance(written, list) else [] if written is None else [written]:
        yield _resolved(each) if isinstance(each, Mapping) else UNKNOWN


def _resolved(written: Any) -> Any:  # noqa: ANN401
    """A value with CloudFormation's functions resolved and the framework's variables not known."""
    unknown = {f"AWS::{each}": UNKNOWN for each in PSEUDO}
    resolver = Resolver({}, unknown, lambda _: UNKNOWN, lambda _, __: UNKNOWN, with_defaults=False)
    return _unknown(resolver.value(written))


def _unknown(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {key: _unknown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unknown(each) for each in value]
    if not isinstance(value, str):
        return value
    for _ in range(MOST_LEVELS):
        value, number = VARIABLE.subn(UNKNOWN, value)
        if not number:
            return value
    return UNKNOWN


def _with_lists(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """The framework's schema takes actions as a list only."""
    return {
        key: [each] if key in {"Action", "NotAction"} and isinstance(each, str) else each
        for key, each in statement.items()
    }


def _dug(value: Any, way: Sequence[str]) -> Any:  # noqa: ANN401
    for step in way:
        value = _mapping(value).get(step)
    return value


def _line(text: str, key: str) -> int:
    """Where a key begins a line, from 1."""
    found = re.search(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?\s*:", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _appended(to: Any, way: Sequence[str], more: Sequence[Any]) -> None:  # noqa: ANN401
    """Values with statements more at a place, which is made where it is not there."""
    for step in way[:-1]:
        to = to.setdefault(step, {})
    to[way[-1]] = [*to.get(way[-1], []), *more]


def _values(path: Path, text: str) -> Any:  # noqa: ANN401
    """What a service file holds; of code, as far as literals tell."""
    if path.suffix not in LANGUAGES:
        return parsed(text)[1]
    code = read_code(path, text)
    return code.value(service_object(code))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
