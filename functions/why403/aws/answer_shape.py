"""Whether an answer is what the operation's model promises: a proxy, an emulator or a bug may say anything."""

from typing import Any

CONTAINERS: dict[str, type] = {"structure": dict, "list": list, "map": dict}


def fits(shape: Any, value: object) -> bool:  # noqa: ANN401  # botocore's shapes have no static type
    """True where every structure, list and map of `value` is one. Text may be a parsed document (IAM's are)."""
    if value is None or shape is None:
        return True
    kind: type | None = CONTAINERS.get(shape.type_name)
    if kind is None:
        return not isinstance(value, list)
    if not isinstance(value, kind):
        return False
    return all(fits(member, part) for member, part in _parts(shape, value))


def _parts(shape: Any, value: Any) -> list[tuple[Any, object]]:  # noqa: ANN401
    if shape.type_name == "list":
        return [(shape.member, part) for part in value]
    if shape.type_name == "map":
        return [(shape.value, part) for part in value.values()]
    return [(shape.members[name], part) for name, part in value.items() if name in shape.members]
