"""What the page's template shows of the layers, ready to be put in."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from why403.decisions.decision import StatementEvidence
from why403.iam.layer import Layer
from why403.notices.checklist import Row, given, listed, policy_name, rows
from why403.notices.notice import Notice
from why403.notices.words import word

Part = dict[str, Any]
ONE_POLICY = frozenset({Layer.RESOURCE, Layer.TRUST, Layer.BOUNDARY})
"""Layers in which a denied call meets one policy only."""
STATEMENTS = 12
"""Statements that a layer opens to; the near miss and those that fit best come first."""


def layer_parts(notice: Notice) -> list[Part]:
    """The checklist's rows."""
    return [_layer(row, notice) for row in rows(notice)]


def _layer(row: Row, notice: Notice) -> Part:
    evidence = sorted(row.finding.evidence, key=lambda one: len(one.misses))
    if row.finding.near_miss is not None and row.finding.near_miss not in evidence:
        evidence.insert(0, row.finding.near_miss)
    return {
        "mark": row.mark.value,
        "css": "forbids"
        if row.finding.effect == "explicit-deny"
        else row.mark.name.lower().replace("_", "-"),
        "layer": row.layer,
        "policy": "" if row.policy in row.reason else row.where,
        "word": row.word,
        "reason": row.reason,
        "near_miss": row.near_miss,
        "statements": [_statement(one, notice) for one in evidence[:STATEMENTS]],
    }


def _statement(one: StatementEvidence, notice: Notice) -> Part:
    return {
        "effect": one.effect,
        "statement": one.statement,
        "policy": policy_name(one.policy, notice),
        "parts": list(_fits(one, notice)),
        "wanted": listed(one.wanted, notice),
        "conditions": [
            {
                "key": condition.key,
                "operator": condition.operator,
                "wanted": listed(condition.wanted, notice),
                "given": given(condition, notice),
                "match": condition.match.value,
                "told": word(f"notices.match.{condition.match}", notice.language),
            }
            for condition in one.conditions
        ],
        "document": _document(one, notice),
    }


def _fits(one: StatementEvidence, notice: Notice) -> Iterator[tuple[str, str, str]]:
    for name, match in (("action", one.action), ("resource", one.resource), ("principal", one.principal)):
        label = word(f"notices.label.{name}-part", notice.language)
        yield label, match.value, word(f"notices.match.{match}", notice.language)


def _document(one: StatementEvidence, notice: Notice) -> str:
    """The statement as it stands, where a remedy holds the policy that it is in."""
    for remedy in notice.diagnosis.remedies:
        is_its_policy = one.layer in ONE_POLICY or remedy.policy_name == one.policy
        if remedy.layer is not one.layer or not is_its_policy or not isinstance(remedy.before, Mapping):
            continue
        statements = remedy.before.get("Statement", [])
        held = statements if isinstance(statements, list) else [statements]
        statement = held[one.index] if one.index < len(held) else None
        if isinstance(statement, Mapping) and statement.get("Sid", f"#{one.index + 1}") == one.statement:
            return json.dumps(statement, indent=2, ensure_ascii=False)
    return ""
