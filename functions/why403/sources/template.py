"""A CloudFormation template's text and intrinsic functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.sources.planned import UNKNOWN

NAMED = re.compile(r"\$\{([^!}][^}]{0,255})\}")
"""A name in Fn::Sub's text; `${!Literal}` is no name."""
DEEPEST = 60
"""Levels of functions in each other; a template that refers to itself ends here."""
MOST_VALUES = 5_000_000
"""Values that are resolved: YAML's aliases can make billions of a few lines."""
PSEUDO = ("AccountId", "Region", "Partition", "StackName", "StackId", "URLSuffix", "NotificationARNs")
"""Parameters that AWS fills in."""
MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
"""What a source raises that is not shaped as its format says."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a source that are read; a template may have 1 MB, a plan of thousands of resources some 20."""


class _Loader(yaml.SafeLoader):
    """Safe YAML with CloudFormation's short forms; dates stay texts."""


def _short(loader: _Loader, suffix: str, node: yaml.Node) -> object:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: str(text).split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    return UNKNOWN


def _date(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", _short)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)


def read_template(raw: bytes, name: str) -> Mapping[str, Any]:
    """The template, from JSON or YAML. SettingsError where it is none."""
    text = text_of(raw, name)
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else values_of(nodes_of(text))
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise SettingsError(
            f"{name} is neither JSON nor YAML: {' '.join(str(error).split())[:200]}"
        ) from None
    if not isinstance(found, Mapping) or not isinstance(found.get("Resources"), Mapping):
        raise SettingsError(f"{name} is no CloudFormation template: it has no Resources.")
    return found


def nodes_of(text: str) -> Any:  # noqa: ANN401  # PyYAML has no types
    """The tree of YAML or JSON, each node with its place in the text. yaml.YAMLError where it does not parse."""
    return yaml.compose(flat(text), _Loader)


def flat(text: str) -> str:
    """JSON's tabs as blanks, which YAML takes, each in its place."""
    return text.replace("\t", " ") if text.lstrip("\ufeff \t\r\n").startswith("{") else text


def values_of(root: Any) -> Any:  # noqa: ANN401
    """The values of such a tree; short functions as CloudFormation's long ones."""
    return _Loader("").construct_document(root)


def text_of(raw: bytes, name: str) -> str:
    """A source's text, without a byte order mark. SettingsError where it is empty, too large or no text."""
    if len(raw) > LARGEST:
        raise SettingsError(f"{name} has {len(raw):,} bytes; at most {LARGEST:,} are read.")
    if raw.startswith(b"PK\x03\x04"):
        raise SettingsError(
            f"{name} is a plan in binary form: give what `terraform show -json {name}` prints."
        )
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{name} is no UTF-8 text.") from None
    if not text.strip():
        raise SettingsError(f"{name} is empty.")
    return text


@dataclass(slots=True)
class Resolver:
    """What functions yield; UNKNOWN where only a deployment can tell. `reference` gives Ref, `attribute` GetAtt.

    `with_defaults` False: a parameter is what its deployment gave, not what the template falls back to.
    """

    template: Mapping[str, Any]
    pseudo: Mapping[str, str]
    reference: Callable[[str], str]
    attribute: Callable[[str, str], str]
    imports: Mapping[str, str] = field(default_factory=dict)
    with_defaults: bool = True
    visited: int = 0

    def value(self, written: Any, depth: int = 0) -> Any:  # noqa: ANN401  # JSON in, JSON out
        """The value with every function in it resolved."""
        self.visited += 1
        if self.visited > MOST_VALUES:
            raise ValueError("its aliases or functions unfold without end")
        if depth > DEEPEST:
            return UNKNOWN
        if isinstance(written, list):
            items = [self.value(each, depth + 1) for each in written]
            return [each for each in items if each is not None]
        if not isinstance(written, Mapping):
            return written
        if len(written) == 1:
            name, given = next(iter(written.items()))
            if name == "Ref" or str(name).startswith("Fn::"):
                return self._called(str(name), given, depth + 1)
        resolved = {str(key): self.value(each, depth + 1) for key, each in written.items()}
        return {key: each for key, each in resolved.items() if each is not None}

    def _called(self, name: str, given: Any, depth: int) -> Any:  # noqa: ANN401
        match name:
            case "Ref":
                return self._ref(str(given))
            case "Fn::GetAtt":
                parts = given.split(".", 1) if isinstance(given, str) else given
                return self.attribute(str(parts[0]), str(parts[1])) if len(parts) == 2 else UNKNOWN  # noqa: PLR2004
            case "Fn::Sub":
                return self._sub(given, depth)
            case "Fn::If":
                return self._if(given, depth)
            case _:
                return self._computed(name, self.value(given, depth))

    def _computed(self, name: str, given: Any) -> Any:  # noqa: ANN401, PLR0911  # a table of functions
        try:
            match name, given:
                case "Fn::Join", [str(by), list(parts)]:
                    return by.join(map(str, parts))
                case "Fn::Split", [str(by), str(text)]:
                    return UNKNOWN if UNKNOWN in text else text.split(by)
                case "Fn::Select", [index, list(parts)]:
                    return parts[int(index)]
                case "Fn::FindInMap", [first, second, third, *_]:
                    return self.template["Mappings"][first][second][third]
                case "Fn::ImportValue", str(key):
                    return self.imports.get(key, UNKNOWN)
                case _:
                    return UNKNOWN
        except (LookupError, TypeError, ValueError):
            return UNKNOWN

    def _ref(self, name: str) -> Any:  # noqa: ANN401
        if name == "AWS::NoValue":
            return None
        if name in self.pseudo:
            return self.pseudo[name]
        parameter = (self.template.get("Parameters") or {}).get(name)
        if not isinstance(parameter, Mapping):
            return self.reference(name)
        default = parameter.get("Default")
        is_plain = (
            self.with_defaults
            and default is not None
            and not str(parameter.get("Type", "")).startswith("AWS::SSM")
        )
        listed = "List" in str(parameter.get("Type", ""))
        return UNKNOWN if not is_plain else str(default).split(",") if listed else str(default)

    def _sub(self, given: Any, depth: int) -> str:  # noqa: ANN401
        text, names = (given[0], given[1]) if isinstance(given, list) and len(given) > 1 else (given, {})
        own = {str(key): self.value(each, depth) for key, each in names.items()} if names else {}

        def replaced(found: re.Match[str]) -> str:
            name = found[1].strip()
            value = own.get(name)
            if value is None:
                logical, dot, attribute = name.partition(".")
                value = self.attribute(logical, attribute) if dot else self._ref(name)
            return str(value) if isinstance(value, str | int | float) else UNKNOWN

        return NAMED.sub(replaced, str(text)).replace("${!", "${")

    def _if(self, given: Any, depth: int) -> Any:  # noqa: ANN401
        if not isinstance(given, list) or len(given) != 3:  # noqa: PLR2004  # condition, then, else
            return UNKNOWN
        chosen = self.condition({"Condition": given[0]}, depth)
        return UNKNOWN if chosen is None else self.value(given[1] if chosen else given[2], depth)

    def condition(self, written: Any, depth: int = 0) -> bool | None:  # noqa: ANN401
        """Whether a condition holds; None where that is not known."""
        if depth > DEEPEST or not isinstance(written, Mapping) or len(written) != 1:
            return None
        name, given = next(iter(written.items()))
        if name == "Condition":
            return self.condition((self.template.get("Conditions") or {}).get(given), depth + 1)
        if name == "Fn::Equals" and isinstance(given, list) and len(given) == 2:  # noqa: PLR2004
            left, right = (self.value(each, depth + 1) for each in given)
            return None if UNKNOWN in f"{left}{right}" else str(left) == str(right)
        if name not in {"Fn::Not", "Fn::And", "Fn::Or"} or not isinstance(given, list):
            return None
        parts = [self.condition(each, depth + 1) for each in given]
        if name == "Fn::Not":
            return None if parts[0] is None else not parts[0]
        decisive = name == "Fn::Or"
        return decisive if decisive in parts else None if None in parts else not decisive
