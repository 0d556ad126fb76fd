"""Templates of several settings → one template, in which conditions on its parameters choose.

Each way of setting it is synthesized, and what differs between them is put behind `Fn::If`: nobody writes by hand which
resources a setting brings, and tests/infra/test_package.py resolves the one template back into each of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}
MISSING = object()
"""What stands for a part that a template does not have."""
PLAIN = frozenset({"DependsOn", "Metadata"})
"""Parts of a resource that take no function. Metadata is left out: it is the CDK's own, about how it was built."""
Case = tuple[str, ...]
"""One value of each choice, in their order."""


@dataclass(frozen=True, slots=True)
class Way:
    """One value of a choice: the settings that it is synthesized with, and the condition that is true for it."""

    settings: Mapping[str, Any]
    condition: str = ""
    """Empty for the last one, which is what is left."""


Choice = Mapping[str, Way]
"""The values of one parameter."""


def cases(choices: Sequence[Choice]) -> tuple[Case, ...]:
    """Every combination."""
    return tuple(product(*choices))


def settings_of(case: Case, choices: Sequence[Choice]) -> dict[str, Any]:
    """What a combination is synthesized with."""
    return {
        name: value
        for chosen, choice in zip(case, choices, strict=True)
        for name, value in choice[chosen].settings.items()
    }


@dataclass(slots=True)
class Merging:
    """Merges values of all cases; `conditions` are those that it had to name for resources."""

    choices: Sequence[Choice]
    conditions: dict[str, Any] = field(default_factory=dict)

    def template(self, variants: Mapping[Case, Mapping[str, Any]]) -> dict[str, Any]:
        """The one template. What only some have carries a condition."""
        sections = {name: None for variant in variants.values() for name in variant}
        merged = {
            name: self._section({case: variant.get(name, {}) for case, variant in variants.items()})
            if name in {"Resources", "Outputs"}
            else self._value({case: variant.get(name, MISSING) for case, variant in variants.items()})
            for name in sections
        }
        merged["Conditions"] = {**merged.get("Conditions", {}), **self.conditions}
        return merged

    def _section(self, variants: Mapping[Case, Mapping[str, Any]]) -> dict[str, Any]:
        names = {name: None for variant in variants.values() for name in variant}
        return {name: self._entry(name, variants) for name in names}

    def _entry(self, name: str, variants: Mapping[Case, Mapping[str, Any]]) -> dict[str, Any]:
        having = {case: variant[name] for case, variant in variants.items() if name in variant}
        merged: dict[str, Any] = self._value(
            {case: {k: v for k, v in one.items() if k not in PLAIN} for case, one in having.items()}
        )
        # CloudFormation takes no function here, and passes over a dependency whose condition is false.
        waits = dict.fromkeys(on for one in having.values() for on in one.get("DependsOn", ()))
        when = self._named(self._when({case: case in having for case in variants}))
        return {
            **merged,
            **({"DependsOn": [*waits]} if waits else {}),
            **({"Condition": when} if when else {}),
        }

    def _value(self, values: Mapping[Case, Any]) -> Any:  # noqa: ANN401  # JSON
        found = list(values.values())
        if all(one == found[0] for one in found):
            return NO_VALUE if found[0] is MISSING else found[0]
        if all(isinstance(one, dict) and not _is_function(one) for one in found):
            keys = {key: None for one in found for key in one}
            return {
                key: self._value({case: one.get(key, MISSING) for case, one in values.items()})
                for key in keys
            }
        if all(isinstance(one, list) for one in found):
            return self._list(values)
        parts = self._split(values)
        *first, (_, last) = [(condition, self._value(part)) for condition, part in parts]
        for condition, value in reversed(first):
            last = {"Fn::If": [condition, value, last]}
        return last

    def _list(self, values: Mapping[Case, list[Any]]) -> list[Any]:
        """Element for element where all are alike long; otherwise each that stands in any, where it does."""
        if len({len(one) for one in values.values()}) == 1:
            length = len(next(iter(values.values())))
            return [self._value({case: one[at] for case, one in values.items()}) for at in range(length)]
        texts = {
            case: {json.dumps(each, sort_keys=True): each for each in one} for case, one in values.items()
        }
        listed = {text: each for one in texts.values() for text, each in one.items()}
        return [self._value({case: one.get(text, MISSING) for case, one in texts.items()}) for text in listed]

    def _split(self, values: Mapping[Case, Any]) -> list[tuple[str, dict[Case, Any]]]:
        """By the choice that settles it alone; where none does, by the first that matters. Last comes what is left."""
        best: list[tuple[str, dict[Case, Any]]] = []
        for at, choice in enumerate(self.choices):
            grouped = [
                (way.condition, {case: value for case, value in values.items() if case[at] == name})
                for name, way in choice.items()
            ]
            parts = [(condition, part) for condition, part in grouped if part]
            settled = all(_is_uniform(part) for _, part in parts)
            if len(parts) > 1 and (settled or not best):
                best = parts
            if settled and len(parts) > 1:
                break
        return best

    def _when(self, has: Mapping[Case, bool]) -> Any:  # noqa: ANN401  # a condition's expression, or a bool
        if _is_uniform(has):
            return next(iter(has.values()))
        earlier: list[Any] = []
        either: list[Any] = []
        for condition, part in self._split(has):
            inner = self._when(part)
            here = [{"Condition": condition}] if condition else [{"Fn::Not": [one]} for one in earlier]
            if inner is not False:
                every = [*here, *([] if inner is True else [inner])]
                either.append(every[0] if len(every) == 1 else {"Fn::And": every})
            earlier.append({"Condition": condition})
        return either[0] if len(either) == 1 else {"Fn::Or": either}

    def _named(self, expression: Any) -> str:  # noqa: ANN401
        """The name of a condition; empty where it is always true."""
        if expression is True:
            return ""
        if isinstance(expression, dict) and "Condition" in expression:
            return str(expression["Condition"])
        name = _spelled(expression)
        self.conditions[name] = expression
        return name


def _is_uniform(values: Mapping[Case, Any]) -> bool:
    found = list(values.values())
    return all(one == found[0] for one in found)


def _is_function(value: Mapping[str, Any]) -> bool:
    """Whether CloudFormation computes it: what stands within must not be taken apart."""
    return len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))


def _spelled(expression: Mapping[str, Any]) -> str:
    """A name that says what the expression does: NotHasKey, HasKeyAndIsSigned."""
    ((operator, inner),) = expression.items()
    if operator == "Condition":
        return str(inner)
    word = operator.removeprefix("Fn::")
    parts = [_spelled(one) for one in inner]
    return f"Not{parts[0]}" if word == "Not" else word.join(parts)
