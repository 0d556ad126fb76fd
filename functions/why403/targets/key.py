"""KMS keys as targets, by their aliases."""

from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "kms",
    "ListAliases",
    ("kms:ListAliases",),
    "Where a line names no key: the keys that it may have meant.",
)
_alias = arn_maker("kms", "alias/", letters="-_/")
_key_id = arn_maker("kms", "key/", letters="-")
IDS = 36
"""A key's id is a UUID; a multi-Region key's begins with `mrk-`."""


def named(text: str, place: Place) -> str | None:
    """From an ARN, a key's id or an alias with or without `alias/`."""
    if len(text) == IDS or text.startswith("mrk-"):
        return _key_id(text, place)
    return _alias(text.removeprefix("alias/"), place)


def _key(alias: Mapping[str, Any]) -> str:
    """The key behind an alias, as an ARN: a policy never names an alias."""
    return f"{str(alias.get('AliasArn', '')).rpartition(':')[0]}:key/{alias['TargetKeyId']}"


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListAliases lists ARNs."""
    del place
    return tuple(_key(item) for item in answer.items("Aliases") if item.get("TargetKeyId"))


KIND = TargetKind(
    stem="key",
    services=("kms",),
    prefix="key/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "KMS",
        "KEY",
    ),
    named=named,
)
