"""A read with made-up names: it finds nothing, and its answer shows whether it was permitted."""

from typing import Any

from botocore.exceptions import BotoCoreError

from why403.aws.session import client
from why403.iam.place import Place
from why403.reads import DeclaredRead, Read

MADE_UP = "why403-doctor"


def probe_of(read: DeclaredRead, place: Place) -> Read | None:
    """`read` in `place` with the least parameters that its model takes; None where the model is not known here."""
    try:
        model = client(read.service).meta.service_model.operation_model(read.operation)
    except (BotoCoreError, KeyError):
        return None
    shape = model.input_shape
    parameters = _structure(shape) if shape is not None else {}
    return read.of(**{name: _named(name, value, read.service, place) for name, value in parameters.items()})


def _named(name: str, value: object, service: str, place: Place) -> Any:  # noqa: ANN401
    """What must be of a form: the account is our own, an ARN is one."""
    if name == "AccountId":
        return place.account
    if name.lower().endswith("arn"):
        return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{MADE_UP}"
    return value


def _structure(shape: Any) -> dict[str, Any]:  # noqa: ANN401  # botocore's shapes have no static type
    return {name: _value(shape.members[name]) for name in shape.required_members}


def _value(shape: Any) -> object:  # noqa: ANN401
    match shape.type_name:
        case "structure":
            value: object = _structure(shape)
        case "list":
            value = [_value(shape.member)]
        case "map":
            value = {}
        case "integer" | "long" | "float" | "double":
            value = max(1, int(shape.metadata.get("min", 1)))
        case "boolean":
            value = False
        case "timestamp":
            value = 0
        case _:
            value = _text(shape)
    return value


def _text(shape: Any) -> str:  # noqa: ANN401
    choices = shape.metadata.get("enum")
    if choices:
        return str(choices[0])
    shortest = int(shape.metadata.get("min", 1))
    return (MADE_UP * (shortest // len(MADE_UP) + 1))[: max(shortest, len(MADE_UP))]
