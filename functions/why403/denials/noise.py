"""Most lines of a log are no 403: tell them apart with a few literal searches, before anything else is done."""

from why403.denials.contains import holds_any

TRACES = (
    "403", "enied", "ENIED", "uthori", "UTHORI", "orbidden", "ORBIDDEN", "redential", "ermission", "ERMISSION",
    "xpired", "ignature", "AuthFailure", "Token", "token", "not allowed", "Skew", "ubscri", "PendingVerif", "cannot be assumed",
    "assume", "ACLs", "could not be satisfied", "too large", "uthentication", "ciphertext", "AllAccess", "SignedUp",
    "rivilege", "OptIn", "AccessKey", "Access Key", "ublic polic", "nonymous", "nrecognizedClient", "config profile", "AccountProblem",
    "terminatingRule", "not accessible", "rate limit", "EACCES", "ccess is denied", "problem with your", "equest blocked", "WAF", "not signed", "Key-Pair", "urrently blocked",
)  # fmt: skip
"""Parts of words that every line we have something to say about contains, without the letter whose case varies."""


def is_noise(message: str) -> bool:
    """Whether the line holds no trace of a denial, a credential or a 403. Linear, without regular expressions."""
    return not holds_any(message, TRACES)
