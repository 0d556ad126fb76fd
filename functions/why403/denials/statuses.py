"""Whether a 403 in a text is an HTTP status: `status=403` is, `took 403 ms`, `403 rows` and `ord_403a` are not."""

import re

SHOWN = 200
"""Occurrences that are looked at; a line with more is no report of one denial."""
BEFORE = re.compile(
    r"(?:\bstatus(?:[_ -]?code)?|\bhttp(?:[/_][\w.]{1,12})?|\berror(?:[_ ]?code)?|\bcode|\bresponse(?: code)?|\breturn(?:ed|s|ing)?|\bgot"
    r"|\breceived|\banswered|\bwith|\bfailed|=>|->|\bis|\bwas|\ban?|\bRESPONSE|\bdue to)"
    r"['\"]{0,2}\s?[:=(]{0,2}\s?['\"(]?(?:an? |http |error |status |code ){0,3}$",
    re.IGNORECASE,
)
"""Words that announce a status or a code: `status=403`, `returned a 403`, `http error 403`; not `took 403`."""
REQUEST = re.compile(r"\b(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) \S{1,160}(?: HTTP/[\d.]{1,3}\"?)? $")
"""An access log has method and path before the status: `GET /a 403`, `"GET /a HTTP/1.1" 403`."""
AFTER = re.compile(
    r"(?: |\s?-\s?|: )(?:client error|forbidden|unauthorized|error\b|access ?denied|- (?:GET|POST|PUT|DELETE|HEAD))",
    re.IGNORECASE,
)
"""A status' own name behind it: `403 Forbidden`, `403: error`, `403 - GET`."""
COUNT = re.compile(
    r" ?(?:ms|µs|us|ns|s|sec|seconds?|min|minutes?|h|[kmg]i?b|bytes|%|rows?|\w{3,20}s)\b(?!:)", re.IGNORECASE
)
"""Units and plural words make it an amount: `403 ms`, `403 rows`; before a colon the plural is a status' title."""
LOGGED = re.compile(r" (?:\d+|-)(?: |$)")
"""Apache's common log: the status, then the bytes or `-`."""


def status_403_at(text: str) -> int | None:
    """Where the first of the text's 403s stands that is a status; None where none of the first ones is."""
    at = text.find("403")
    for _ in range(SHOWN):
        if at < 0:
            return None
        if _is_status(text, at):
            return at
        at = text.find("403", at + 3)
    return None


def _is_status(text: str, at: int) -> bool:
    before, after = text[max(0, at - 180) : at], text[at + 3 : at + 24]
    if (
        before[-1:].isalnum()
        or before[-1:] in {"_", ".", "-", "/", "#"}
        or after[:1].isalnum()
        or after[:1] in {"_", "-"}
    ):
        return False
    if before.endswith(('" ', "- ")) and LOGGED.match(after):
        return True
    if AFTER.match(after) or (
        before.endswith(("[", "(")) and after[:1] in {"]", ")"} and not before[-2:-1].isalnum()
    ):
        return True
    if COUNT.match(after):
        return False
    return BEFORE.search(before[-48:]) is not None or REQUEST.search(before) is not None
