"""The Principal and NotPrincipal elements, ready to be compared with a caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import marshal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from why403.iam.document import OBJECTS, REMEMBERED, words_of
from why403.iam.glob import is_wild
from why403.iam.principal import Principal, PrincipalKind, parse_principal

EVERYONE = "*"
UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,}", re.ASCII)
"""AROA…, AIDA…: what IAM stores in place of a principal's name."""
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)
"""In a Principal an account's number alone means its root; ASCII only, as IAM knows no other digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPrincipals:
    """Who an element names. A role is known by (partition, account, name), since a session's ARN has no path."""

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    """Bare account ids; a root ARN stands in `arns`."""
    arns: frozenset[str] = frozenset()
    roles: frozenset[tuple[str, str, str]] = frozenset()
    users: frozenset[tuple[str, str, str]] = frozenset()
    services: frozenset[str] = frozenset()
    federated: frozenset[str] = frozenset()
    canonical: frozenset[str] = frozenset()
    unreadable: bool = False
    """One of them is of no form that IAM knows (a wildcard within an ARN, an ARN cut short): nobody knows whom it means."""
    texts: tuple[str, ...] = field(default=())
    """As written, for people."""

    def names_account(self, partition: str, account: str) -> bool:
        """Whether the account is named, by its id or as its root."""
        return account in self.accounts or f"arn:{partition}:iam::{account}:root" in self.arns


def parse_principals(written: object) -> NamedPrincipals | None:
    """Read an element; None where it is neither `*` nor an object of texts, or names nobody at all."""
    if written is None:
        return None
    if written == EVERYONE:
        return _EVERYONE
    if not isinstance(written, OBJECTS):
        return None
    words = words_of(written)
    return _principals(written) if words is None else _principals_known(words)


_EVERYONE = NamedPrincipals(everyone=True, texts=(EVERYONE,))


@lru_cache(REMEMBERED)
def _principals_known(words: bytes) -> NamedPrincipals | None:
    return _principals(marshal.loads(words))  # noqa: S302  # our own bytes


def _principals(written: Mapping[str, object]) -> NamedPrincipals | None:
    named = list(_named(written))
    if not named or any(kind not in {"AWS", "Service", "Federated", "CanonicalUser"} for kind, _ in named):
        return None
    aws = [text for kind, text in named if kind == "AWS"]
    known = list(map(parse_principal, aws))
    return NamedPrincipals(
        everyone=EVERYONE in aws,
        accounts=frozenset(filter(ACCOUNT_ID.fullmatch, aws)),
        arns=frozenset(aws),
        roles=frozenset((p.partition, p.account, p.name) for p in known if p.kind is PrincipalKind.ROLE),
        users=frozenset((p.partition, p.account, p.name) for p in known if p.kind is PrincipalKind.USER),
        services=frozenset(text for kind, text in named if kind == "Service"),
        federated=frozenset(text for kind, text in named if kind == "Federated"),
        unreadable=not all(map(_is_readable, known)),
        canonical=frozenset(text for kind, text in named if kind == "CanonicalUser"),
        texts=tuple(text for _, text in named),
    )


def _is_readable(principal: Principal) -> bool:
    """`*`, an account, a principal's ARN, or the id that a deleted one leaves behind."""
    text = principal.arn
    if text == EVERYONE or ACCOUNT_ID.fullmatch(text) or UNIQUE_ID.fullmatch(text):
        return True
    return (
        principal.kind is not PrincipalKind.UNKNOWN
        and text.startswith("arn:")
        and bool(principal.name)
        and not is_wild(text)
    )


def _named(written: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for kind, texts in written.items():
        for text in texts if isinstance(texts, list | tuple) else [texts]:
            yield (kind, text) if isinstance(text, str) else ("", str(text))
