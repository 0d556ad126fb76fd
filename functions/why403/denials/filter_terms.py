"""The pattern that picks denials out of a log group before anything of ours runs.

Its terms are the refusal's own and those that each family of wordings says to pass (`passes`). They are case-sensitive,
so both spellings stand where both occur. A test holds every denial of the cases and families against the pattern.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from functools import cache

from why403.denials.wording import passes

REFUSALS = (
    # AWS's sentence, its halves where a log driver cut it, codes and words of refusal
    "zed to perform", "t authorized", "y allows", "icit deny", "s denied", "ccessDenied", "CESS_DENIED",
    "ccess Denied", "izationErr", "ZATION_FAIL", "orbidden", "Unauthorized",
    "ve permis", "uired perm", "ou permi", "ufficient", "lacks perm", "t allowed to", "t permitted", "not access mod", "T_AUTHORI", "ied on S3",
    # the status
    ": 403", '":403', "HTTP 403", "ned 403", "code 403", "(403)", "error 403", "status 403", "us:403", "=>403",
)  # fmt: skip
"""Parts of words, without the letter whose case varies: the pattern's characters are few."""
LONGEST = 1024
"""Characters that CloudWatch Logs takes."""


@cache
def filter_terms() -> tuple[str, ...]:
    """The terms, any of which a line must hold; none holds another."""
    kept: list[str] = []
    for term in sorted({*REFUSALS, *passes()}, key=lambda term: (len(term), term)):
        if not any(shorter in term for shorter in kept):
            kept.append(term)
    return tuple(kept)


@cache
def filter_pattern() -> str:
    """All of them, as the filter has it; only terms with other letters than A to Z and digits need quotes."""
    return " ".join(
        f"?{term}" if term.isalnum() else '?"' + term.replace('"', '\\"') + '"' for term in filter_terms()
    )
