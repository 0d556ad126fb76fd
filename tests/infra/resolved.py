"""What CloudFormation makes of a template with parameters, as far as our conditions and `Fn::If` go."""

import json
from collections.abc import Mapping
from typing import Any

from tools.one_template import NO_VALUE

Template = Mapping[str, Any]


UNORDERED = frozenset({"Statement", "Action", "Resource"})
"""Lists whose order means nothing to IAM."""


def _unordered(key: str, value: Any) -> Any:
    is_listed = key in UNORDERED and isinstance(value, list)
    return sorted(value, key=lambda one: json.dumps(one, sort_keys=True)) if is_listed else value


class Stack:
    """A template with these parameters, the others at their defaults."""

    def __init__(self, template: Template, given: Mapping[str, Any]) -> None:
        self._template = template
        self._values = (
            {"AWS::Partition": "aws"}
            | {name: told.get("Default") for name, told in template["Parameters"].items()}
            | dict(given)
        )

    def section(self, name: str) -> dict[str, Any]:
        """The resources or outputs that are made; what they wait for, of those that are made."""
        there = {key: one for key, one in self._template[name].items() if self._is_there(one)}
        return {
            key: {
                **{part: self._chosen(value) for part, value in one.items() if part != "Condition"},
                "DependsOn": sorted(on for on in one.get("DependsOn", ()) if on in there),
            }
            for key, one in there.items()
        }

    def _is_there(self, entry: Mapping[str, Any]) -> bool:
        return "Condition" not in entry or self._is_true({"Condition": entry["Condition"]})

    def _is_true(self, condition: Mapping[str, Any]) -> bool:
        match condition:
            case {"Condition": name}:
                return self._is_true(self._template["Conditions"][name])
            case {"Fn::Not": [one]}:
                return not self._is_true(one)
            case {"Fn::And": several}:
                return all(map(self._is_true, several))
            case {"Fn::Or": several}:
                return any(map(self._is_true, several))
            case {"Fn::Equals": [left, right]}:
                return bool(self._text(left) == self._text(right))
        raise AssertionError(condition)

    def _text(self, value: Any) -> Any:
        match value:
            case {"Ref": name}:
                return self._values[name]
            case {"Fn::Join": [between, {"Ref": name}]}:
                return between.join(self._values[name])
            case _:
                return value

    def _chosen(self, value: Any) -> Any:
        match value:
            case {"Fn::If": [name, yes, no]}:
                return self._chosen(yes if self._is_true({"Condition": name}) else no)
            case dict():
                kept = {key: self._chosen(one) for key, one in value.items()}
                return {key: _unordered(key, one) for key, one in kept.items() if one != NO_VALUE}
            case list():
                return [one for one in map(self._chosen, value) if one != NO_VALUE]
            case _:
                return value
