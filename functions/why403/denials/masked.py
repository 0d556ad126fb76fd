"""Ids that somebody masked before the line was written or shared: they name nothing that could be looked up."""

import re
from dataclasses import replace

from why403.denials.denial import Denial
from why403.iam.arn import parse_arn

ACCOUNT = re.compile(r"\d{12}|aws|aws-managed|cloudfront|")
"""An account's twelve digits, AWS's own names in its place (`aws`, `cloudfront`), or nothing, as S3's ARNs have it."""
MASK = re.compile(r"\*{3,}|<[^<>]*>|\[?REDACTED\]?|(?<![A-Za-z0-9])[xX]{3,}(?![A-Za-z0-9])")
"""Stars, `<account>`, `[REDACTED]`, or three x and more that are no part of a word: two may be a name's own."""


def is_masked(arn: str) -> bool:
    """Whether an ARN, or another name of something, has a mask where an id should be."""
    parsed = parse_arn(arn)
    if parsed is not None and not ACCOUNT.fullmatch(parsed.account):
        return True
    return MASK.search(arn) is not None


def unmasked(denial: Denial) -> Denial:
    """The denial without what is masked in it, as if the line did not tell it."""
    return replace(
        denial,
        principal=_kept(denial.principal),
        resource=_kept(denial.resource),
        resource_name=_kept(denial.resource_name),
        account=denial.account if denial.account and ACCOUNT.fullmatch(denial.account) else None,
    )


def _kept(name: str | None) -> str | None:
    return None if name is None or is_masked(name) else name
