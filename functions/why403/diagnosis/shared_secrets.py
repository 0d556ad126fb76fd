"""Values in policies that are shared secrets: masked wherever a diagnosis is stored, shown or sent.

Whoever knows the ExternalId of a trust policy can be the confused deputy that it keeps out; a Referer or a user agent in a
bucket's policy is a password. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
A command that would write the mask in place of the value is taken out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

MASK = "[kept as it stands]"
KEYS = frozenset({"sts:externalid", "aws:referer", "aws:useragent"})
SHORTEST = 6
"""Characters from which a value is looked for in free text: a shorter one may be any word's part."""
VALUES_OF_A_KEY = ("wanted", "given", "value", "new")
"""Fields beside a condition's `key` that hold its values."""
NO_COMMAND = "remedies.no-command.masked"
Json = dict[str, Any]


def without_shared_secrets(told: Json) -> Json:
    """The diagnosis as JSON with each such value masked; the same where it holds none."""
    secrets = sorted(set(_secrets(told)) - {MASK, ""}, key=len, reverse=True)
    if not secrets:
        return told
    hidden: Json = _hidden(told, secrets)
    hidden["remedies"] = [
        _without_commands(remedy, before, secrets)
        for remedy, before in zip(hidden["remedies"], told["remedies"], strict=True)
    ]
    return hidden


def _secrets(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if _is_secret(node, name):
                yield from _texts(value)
            else:
                yield from _secrets(value)
    elif isinstance(node, list):
        for item in node:
            yield from _secrets(item)


def _is_secret(node: Mapping[str, Any], name: str) -> bool:
    """Whether the field holds such a condition's values: by its own name, or by the key that stands beside it."""
    key = node.get("key")
    return name.lower() in KEYS or (isinstance(key, str) and key.lower() in KEYS and name in VALUES_OF_A_KEY)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _hidden(node: Any, secrets: list[str]) -> Any:  # noqa: ANN401  # JSON
    if isinstance(node, Mapping):
        return {
            name: _masked(value) if _is_secret(node, name) else _hidden(value, secrets)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_hidden(item, secrets) for item in node]
    if isinstance(node, str):
        for form in _forms(secrets):
            node = node.replace(form, f'"{MASK}"' if form.startswith('"') else MASK)
    return node


def _masked(value: object) -> object:
    return [MASK for _ in value] if isinstance(value, list) else MASK if value else value


def _forms(secrets: list[str]) -> Iterator[str]:
    """How a value stands in a text: quoted as JSON whatever its length, else as it is, escaped or in a URL."""
    for secret in secrets:
        quoted = json.dumps(secret)
        yield quoted
        if len(secret) >= SHORTEST:
            yield from dict.fromkeys((quoted[1:-1], secret, quote(secret, safe="")))


def _without_commands(hidden: Json, before: Json, secrets: list[str]) -> Json:
    """A remedy whose commands hold no such value: those that did are gone, and it says why."""
    forms = tuple(_forms(secrets))
    kept = {
        name: "" if any(form in text for form in forms) else text for name, text in before["commands"].items()
    }
    if kept == before["commands"]:
        return {**hidden, "commands": kept}
    return {**hidden, "commands": kept, "why": [*hidden["why"], {"id": NO_COMMAND, "values": {}}]}
