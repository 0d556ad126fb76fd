"""The pattern that picks denials out of a log group before anything of ours runs, and AWS's grammar for it.

Derived from what a denial must contain; case-sensitive, so both spellings stand where both occur. A test holds
every denial of the cases against it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re

from why403.errors import SettingsError

TERMS = (
    # missing permissions: AWS's sentence, its halves where a log driver cut it, codes, statuses, services' own words
    "zed to perform", "t authorized", "y allows", "icit deny", "is denied", "ccessDenied", "ACCESS_DENIED",
    "ccess Denied", "ccess denied", "ss was denied", "izationErr", "ZATION_FAIL", "Forbidden", "Unauthorized",
    "not have perm", "lacks perm", "id permissions", "owed to exec", "KMS is not al", "be assumed", "to assume",
    "r master key", "main.ERROR U",
    "ode: 403", 'ode":403', "HTTP 403", "ned 403", "code 403", "(403)", "error 403", "error: 403", "failed: 403", "/1.1 403", "status 403",
    "tatus: 403", "not access mod",
    # credentials: the codes and words of AWS, of the SDKs' provider chains and of tools
    "ExpiredToken", "en included", "has expired", "Signature", "TooSkewed", "AccessKeyId", "ClientToken",
    "cate creden", "oad creden", "tialsErr", "tialProvid", "IMDS role", "InvalidToken", "nvalidIdent", "AuthFailure",
    "ential sour", "dentials have", "AWS creden", "artial cred", "Missing cred", "nfig prof", "basic auth", "tial provider", "ntials Inv", "IAM secur",
    # the other 403s of AWS
    "Missing Auth", "be satisfied", "OptInReq", "AllAccess", "horizedEx", "atingRule",
    "ListNotSupp", "Formation perm", "MissingKey", "ubscriptionReq", "endingVerif",
)  # fmt: skip
"""Parts of words, without the letter whose case varies: the pattern's 1,024 characters are few."""
LONGEST = 1024
"""Characters that CloudWatch Logs takes."""


def _shortest() -> tuple[str, ...]:
    kept: list[str] = []
    for term in sorted(TERMS, key=lambda term: (len(term), term)):
        if not any(shorter in term for shorter in kept):
            kept.append(term)
    return tuple(kept)


FILTER_TERMS = _shortest()
"""The terms, any of which a line must hold; none holds another."""
FILTER_PATTERN = " ".join(
    f"?{term}" if term.isalnum() else '?"' + term.replace('"', '\\"') + '"' for term in FILTER_TERMS
)
"""Only terms with other letters than A to Z and digits need quotes."""

TERM = re.compile(
    r'(?<!\s)\s*+(?P<sign>[?-])?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"%]+))'
)


def matches(pattern: str, message: str) -> bool:
    """Whether a log event matches an unstructured filter pattern, as CloudWatch Logs reads it.

    Terms are substrings, case-sensitive; all plain ones must stand in the message, no `-` one may, and of the `?`
    ones at least one must. AWS ignores `?` terms beside plain ones. An empty pattern matches everything.
    Raises SettingsError for a pattern that is no list of terms.
    """
    plain: list[bool] = []
    either: list[bool] = []
    excluded: list[bool] = []
    at = 0
    stripped = pattern.strip()
    while at < len(stripped):
        term = TERM.match(stripped, at)
        if term is None or term.end() == at:
            raise SettingsError(f"Not a filter pattern of terms, at {stripped[at : at + 20]!r}: {pattern!r}")
        found = _holds(term, message)
        {"?": either, "-": excluded}.get(term["sign"] or "", plain).append(found)
        at = term.end()
    if any(excluded):
        return False
    return all(plain) if plain or not either else any(either)


def _holds(term: re.Match[str], message: str) -> bool:
    if term["regex"] is not None:
        return re.search(term["regex"], message) is not None
    text = term["word"] if term["quoted"] is None else re.sub(r"\\(.)", r"\1", term["quoted"])
    return text in message
