"""The Principal and NotPrincipal elements, ready to be compared with a caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from why403.iam.principal import PrincipalKind, parse_principal

EVERYONE = "*"
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)


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
    texts: tuple[str, ...] = field(default=())
    """As written, for people."""

    def names_account(self, partition: str, account: str) -> bool:
        """Whether the account is named, by its id or as its root."""
        return account in self.accounts or f"arn:{partition}:iam::{account}:root" in self.arns


def parse_principals(written: object) -> NamedPrincipals | None:
    """Read an element; None where it is neither `*` nor an object of texts."""
    if written == EVERYONE:
        return NamedPrincipals(everyone=True, texts=(EVERYONE,))
    if not isinstance(written, Mapping):
        return None
    named = list(_named(written))
    if any(kind not in {"AWS", "Service", "Federated", "CanonicalUser"} for kind, _ in named):
        return None
    aws = [text for kind, text in named if kind == "AWS"]
    known = [parse_principal(text) for text in aws]
    return NamedPrincipals(
        everyone=EVERYONE in aws,
        accounts=frozenset(filter(ACCOUNT_ID.fullmatch, aws)),
        arns=frozenset(aws),
        roles=frozenset((p.partition, p.account, p.name) for p in known if p.kind is PrincipalKind.ROLE),
        users=frozenset((p.partition, p.account, p.name) for p in known if p.kind is PrincipalKind.USER),
        services=frozenset(text for kind, text in named if kind == "Service"),
        federated=frozenset(text for kind, text in named if kind == "Federated"),
        canonical=frozenset(text for kind, text in named if kind == "CanonicalUser"),
        texts=tuple(text for _, text in named),
    )


def _named(written: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for kind, texts in written.items():
        for text in texts if isinstance(texts, list | tuple) else [texts]:
            yield (kind, text) if isinstance(text, str) else ("", str(text))
