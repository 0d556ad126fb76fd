"""The pattern that picks denials out of a log group before anything of ours runs, and AWS's grammar for it.

Derived from what a denial must contain; case-sensitive, so both spellings stand where both occur. A test holds
every denial of the cases against it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re

from why403.errors import SettingsError

TERMS = (
    "authorized to perform", "AccessDenied", "Access Denied", "Access denied", "access denied", "access was denied",
    "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "not authorized", "Not authorized",
    "no identity-based policy", "no resource-based policy", "no permissions boundary", "no service control policy",
    "no session policy", "no VPC endpoint policy", "explicit deny", "is denied", "403 Forbidden", "Forbidden",
    "StatusCode: 403", "Status Code: 403", "status code: 403", '\\"httpStatusCode\\":403', "HTTP 403", "returned 403",
    "cannot be assumed", "customer master key", "do not have permission", "does not have permission",
    "used to assume", "nable to assume", "Invalid permissions on", "response code 403", "httpStatusCode: 403", "(403)", "error 403", "error: 403", "not allowed to execute", "failed: 403", "Unauthorized", "lacks permission", "statusCode: 403", "HTTP/1.1 403", "code: 403", "status 403", "ACCESS_DENIED", "AUTHORIZATION_FAILURE",
)  # fmt: skip
LONGEST = 1024
"""Characters that CloudWatch Logs takes."""


def _derive() -> str:
    kept: list[str] = []
    for term in sorted(TERMS, key=lambda term: (len(term), term)):
        if not any(shorter in term for shorter in kept):
            kept.append(term)
    return " ".join(f'?"{term}"' for term in kept)


FILTER_PATTERN = _derive()

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
