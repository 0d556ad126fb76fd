"""What a replay found, as JUnit XML and as SARIF 2.1.0."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from why403 import __version__
from why403.notices.inert import one_line
from why403.sources.replay import CallVerdict, Expected, Replayed, counted

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {Expected.ALLOW: "re-denied", Expected.DENY: "widened"}
LONGEST = 500
"""Characters of a title or message: what code hosts show of an annotation in one piece."""


def junit(found: Sequence[Replayed]) -> str:
    """A test case a call: failed, skipped (unknown) or passed."""
    numbers = counted(found)
    skipped = f'errors="0" skipped="{numbers[CallVerdict.UNKNOWN]}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="why403 check" tests="{len(found)}" failures="{numbers[CallVerdict.FAILED]}" {skipped}>',
    ]
    tags = {CallVerdict.FAILED: "failure", CallVerdict.UNKNOWN: "skipped"}
    for each in found:
        name = quoteattr(title(each))
        head = f'  <testcase classname="why403" name={name}'
        tag = tags.get(each.verdict)
        told = quoteattr(one_line(f"{each.reason} {each.address}".strip(), LONGEST))
        lines.append(f"{head}/>" if tag is None else f"{head}><{tag} message={told}/></testcase>")
    return "\n".join([*lines, "</testsuite>", ""])


def sarif(found: Sequence[Replayed]) -> str:
    """A result a call that fails (error) or is unknown (note)."""
    told = [_result(each) for each in found if each.verdict is not CallVerdict.PASSED]
    told += [_neighbour(each, one) for each in found for one in each.widened]
    rules = [{"id": rule} for rule in (*RULES.values(), "unknown", "neighbour")]
    driver = {"name": "why403", "version": __version__, "rules": rules}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": told}]}
    return json.dumps(log, indent=2) + "\n"


def _result(each: Replayed) -> dict[str, Any]:
    failed = each.verdict is CallVerdict.FAILED
    file, _, address = each.address.partition(": ")
    result: dict[str, Any] = {
        "ruleId": RULES[each.call.expected] if failed else "unknown",
        "level": "error" if failed else "note",
        "message": {"text": one_line(f"{title(each)}: {each.reason}", LONGEST)},
    }
    if file:
        where = {"physicalLocation": {"artifactLocation": {"uri": quote(file)}}}
        logical = {"logicalLocations": [{"fullyQualifiedName": address}]} if address else {}
        result["locations"] = [{**where, **logical}]
    return result


def _neighbour(each: Replayed, widened: str) -> dict[str, Any]:
    text = (
        f"The change allows {widened.replace(chr(0), '…')} too, which is denied today, beside {title(each)}"
    )
    return {"ruleId": "neighbour", "level": "warning", "message": {"text": one_line(text, LONGEST)}}


def title(each: Replayed) -> str:
    """Who calls what on what."""
    request = each.call.request
    return one_line(f"{request.principal} {request.action} {request.resource}", LONGEST)
