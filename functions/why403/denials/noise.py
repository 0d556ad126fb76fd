"""Most lines of a log are no 403: tell them apart with a few literal searches, before anything else is done.

The lines of one template differ in numbers and hexadecimal ids. Without those they are the same text, and what that
text rules out is worked out once: nothing is taken for noise that holds a trace.
"""

from functools import lru_cache

from why403.denials.contains import holds_any

TRACES = (
    "403", "enied", "ENIED", "uthori", "UTHORI", "orbidden", "ORBIDDEN", "redential", "ermission", "ERMISSION",
    "xpired", "ignature", "AuthFailure", "Token", "token", "not allowed", "Skew", "ubscri", "PendingVerif", "cannot be assumed",
    "assume", "ACLs", "could not be satisfied", "too large", "uthentication", "ciphertext", "AllAccess", "SignedUp",
    "rivilege", "OptIn", "AccessKey", "Access Key", "ublic polic", "nonymous", "nrecognizedClient", "config profile", "AccountProblem",
    "terminatingRule", "not accessible", "rate limit", "EACCES", "ccess is denied", "problem with your",
    "equest blocked", "WAF", "not signed", "Key-Pair", "urrently blocked",
)  # fmt: skip
"""Parts of words that every line we have something to say about contains, without the letter whose case varies."""
COMMON = ("enied", "403", "uthori")
"""Those of nearly every line that passes the filter."""
VARIABLE = b"0123456789abcdef"
REDUCED = tuple((trace, trace.encode().translate(None, VARIABLE)) for trace in TRACES)
LONGEST = 2000
"""Characters of a line that is looked at by its template."""
TEMPLATES = 1024


def is_noise(message: str) -> bool:
    """Whether the line holds no trace of a denial, a credential or a 403. Linear, without regular expressions."""
    if holds_any(message, COMMON):
        return False
    if len(message) > LONGEST:
        return not holds_any(message, TRACES)
    template = message.encode(errors="replace").translate(None, VARIABLE)
    return not holds_any(message, _possible(template))


@lru_cache(TEMPLATES)
def _possible(template: bytes) -> tuple[str, ...]:
    """The traces that a line of the template may hold: those of which no letter outside VARIABLE is missing."""
    return tuple(trace for trace, reduced in REDUCED if reduced in template)
