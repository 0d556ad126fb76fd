"""Whether an answer is what the operation's model promises: a proxy or a bug may say anything.

By the body alone: no SDK asks how a body is labelled.
"""

import json
from http import HTTPStatus
from typing import Any

from botocore.parsers import ResponseParserError

JSON_PROTOCOLS = frozenset({"json", "rest-json"})
PAGE = (b"<!doctype html", b"<html")
"""How a page for a browser begins, lower case; no operation that we ask answers with one."""
CONTAINERS: dict[str, type] = {"structure": dict, "list": list, "map": dict}


def fits(shape: Any, value: object) -> bool:  # noqa: ANN401  # botocore's shapes have no static type
    """True where every structure, list and map of `value` is one. Text may be a parsed document (IAM's are).

    A document of the model (condition keys' values in the record of a request) may be any JSON.
    """
    if value is None or shape is None or getattr(shape, "is_document_type", False):
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


def reject_garbage(operation_model: Any, response_dict: dict[str, Any], **_: object) -> None:  # noqa: ANN401
    """Stop botocore from reading a body that is no answer as an empty one: nothing read is not nothing there.

    For botocore's event `before-parse`; ResponseParserError for a page of HTML or broken JSON behind a status 200.
    """
    if response_dict["status_code"] >= HTTPStatus.MULTIPLE_CHOICES or operation_model.has_streaming_output:
        return
    body = response_dict["body"].strip()
    is_json = operation_model.service_model.resolved_protocol in JSON_PROTOCOLS
    is_page = body[: len(PAGE[0])].lower().startswith(PAGE)
    if is_page or (is_json and body and not _is_object(operation_model, body)):
        raise ResponseParserError("The body is no answer of AWS.")


def _is_object(operation_model: Any, body: bytes) -> bool:  # noqa: ANN401
    """Whether the body is a JSON object; an operation whose payload is raw may say anything."""
    shape = operation_model.output_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    if payload and shape.members[payload].type_name in {"blob", "string"}:
        return True
    try:
        return isinstance(json.loads(body), dict | list if payload else dict)
    except (ValueError, RecursionError):
        return False
