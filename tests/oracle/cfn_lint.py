"""cfn-lint's word on a template. Its rules are read once a process: they take half a second, a template 30 ms."""

from functools import cache

from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]  # it has no types
from cfnlint.decode import decode_str  # type: ignore[import-untyped]
from cfnlint.runner import Runner  # type: ignore[import-untyped]


@cache
def _linter() -> Runner:
    return Runner(ConfigMixIn(regions=["us-east-1"]))


def found_in(template: str) -> list[str]:
    """All that it finds, each with the place in the template, and without the line."""
    decoded, errors = decode_str(template.lstrip("\ufeff"))
    found = errors or _linter().validate_template(decoded)
    return sorted(f"{each.rule.id} {each.rule.severity}: {each.message}" for each in found)


def added_by_an_edit(before: str, after: str) -> list[str]:
    """What it finds after an edit, and did not before."""
    known = found_in(before)
    return [each for each in found_in(after) if each not in known]
