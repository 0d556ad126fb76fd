"""Frozen dataclasses and named tuples to JSON objects and back, by their fields' types: what is stored can be read again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Plain = Any
"""What json.dumps takes."""
UNKNOWN = "unknown"


def plain(value: object) -> Plain:
    """The value as JSON: dataclasses and named tuples become objects, sequences lists, enum members their value."""
    kind: Any = type(value)
    names = _names(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


@cache
def _names(kind: Any) -> tuple[str, ...] | None:  # noqa: ANN401  # any type, or what stands for one
    """Of a dataclass's or a named tuple's fields; None for any other."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return getattr(kind, "_fields", None) if isinstance(kind, type) and issubclass(kind, tuple) else None


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


@cache
def _values(kind: type[Enum]) -> frozenset[Any]:
    return frozenset(member.value for member in kind)


def restored(kind: Any, value: Plain) -> Any:  # noqa: ANN401  # any type in, a value of it out
    """The value of type `kind` that `plain` made this JSON of. Fields unknown are passed over, lacking ones default.

    A member that a newer version wrote is its enum's "unknown", where that has one.
    Raises KeyError, TypeError or ValueError where a field without default lacks or a value fits no type.
    """
    base = get_origin(kind) or kind
    if base in (Union, UnionType):
        return _restored_as_one_of(get_args(kind), value)
    if base in (tuple, Sequence, Mapping):
        return _restored_container(base, get_args(kind), value)
    names = _names(base)
    if names is not None:
        hints = _hints(base)
        known = set(names) & set(value)
        return base(**{name: restored(hints[name], value[name]) for name in known})
    if isinstance(base, type) and issubclass(base, Enum):
        return base(value if value in _values(base) or UNKNOWN not in _values(base) else UNKNOWN)
    return "" if base is str and value is None else value


def _restored_container(base: Any, inner: tuple[Any, ...], value: Plain) -> Any:  # noqa: ANN401
    if base is Mapping:
        return {key: restored(inner[1], item) for key, item in dict(value).items()}
    is_fixed = base is tuple and inner[-1] is not Ellipsis
    kinds = inner if is_fixed else [inner[0]] * len(value)
    return tuple(restored(one, item) for one, item in zip(kinds, value, strict=True))


def _restored_as_one_of(kinds: tuple[Any, ...], value: Plain) -> Any:  # noqa: ANN401
    if value is None and NoneType in kinds:
        return None
    wanted = {str: str, Mapping: dict, tuple: list}
    for kind in kinds:
        base = get_origin(kind) or kind
        if isinstance(value, dict) and _names(base) is not None:
            return restored(kind, value)
        if isinstance(value, wanted.get(base, NoneType)):
            return restored(kind, value)
    return restored(next(kind for kind in kinds if kind is not NoneType), value)
