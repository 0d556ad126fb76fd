"""What `why403 fix` is to write: the draft of a diagnosis, an incident or a log line, or why there is none."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from why403.cli.evaluate import read_request
from why403.cli.explain import diagnosed
from why403.cli.open import stored_notice
from why403.errors import SettingsError
from why403.iam.arn import Arn, parse_arn
from why403.log_events.log_event import LogEvent
from why403.notices.dialects.machines import diagnosis_json
from why403.notices.inert import one_line
from why403.notices.words import Language
from why403.sources.source_edit import SourceDraft

INCIDENT = re.compile(r"[0-9a-f]{4,64}")
"""An incident's id or how it begins, as `why403 incidents` lists it."""


TOOLS = {"", "cloudformation", "cdk", "terraform"}
"""Who may own what is edited; the first: nobody is known to."""
LAYERS = {"identity", "resource", "trust"}
"""Whose documents stand in a source as a role's or a resource's own."""


class NoEditError(Exception):
    """There is no edit to offer: why, and who could be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisSource:
    """Where the diagnosis comes from: a file, `-` or an incident; or a log line."""

    diagnosis: str
    line: str = ""
    log_group: str = ""
    log_stream: str = ""
    stack: str = ""
    region: str = ""


def told_by(asked: DiagnosisSource) -> Mapping[str, Any]:
    """The one diagnosis that is asked for, as `why403 explain --json` writes it. SettingsError where it is none."""
    if asked.line:
        return _of_line(asked)
    if INCIDENT.fullmatch(asked.diagnosis) and not Path(asked.diagnosis).exists():
        notice = stored_notice(asked.diagnosis, asked.stack, asked.region, Language.ENGLISH)
        incident = notice.incident.fingerprint if notice.incident else ""
        return {**diagnosis_json(notice.diagnosis), "incident": incident}
    try:
        text = sys.stdin.read() if asked.diagnosis == "-" else Path(asked.diagnosis).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{asked.diagnosis} is neither an incident nor a file that can be read: {error}"
        ) from None
    return _read(text)


def _of_line(asked: DiagnosisSource) -> Mapping[str, Any]:
    found = diagnosed(LogEvent(asked.line.rstrip("\n"), asked.log_group, asked.log_stream, 0), asked.region)
    if not found:
        raise NoEditError(
            "This line tells of no denial by AWS: nothing here was refused for a missing permission."
        )
    if len(found) > 1:
        raise NoEditError(
            f"The line tells of {len(found)} denials: give them one by one, as `why403 explain --json` lists them."
        )
    return diagnosis_json(found[0])


def _read(text: str) -> Mapping[str, Any]:
    try:
        told = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise SettingsError("A diagnosis is what `why403 explain --json` writes; this is no JSON.") from error
    if len(told) != 1 or not isinstance(told[0], dict):
        raise SettingsError(
            f"Give one diagnosis, as `why403 explain --json` writes it; here are {len(told)}."
        )
    return told[0]


def draft_of(told: Mapping[str, Any]) -> SourceDraft:
    """The first draft, where it alone mends the denial, is proven, and is for a role."""
    remedies = [one for one in told.get("remedies") or [] if isinstance(one, dict)]
    if not remedies:
        raise NoEditError("The diagnosis has no draft: there is nothing to write into a source.")
    first = remedies[0]
    if first.get("kind") == "playbook" or (told.get("decision") or {}).get("decision") == "explicit-deny":
        raise NoEditError(
            "No edit fixes this: the diagnosis has a playbook for people. See `why403 explain`."
        )
    together = [one for one in remedies if one.get("set") == first.get("set")]
    target, document = str(first.get("target") or ""), first.get("policy_document")
    if len(together) != 1:
        raise NoEditError(
            "Several changes are needed together; this command makes only one. See `why403 explain`."
        )
    if first.get("proven") is not True or first.get("kind") != "grant" or not isinstance(document, dict):
        raise NoEditError(
            "The draft is not proven, so it is not written: see `why403 explain` for what is missing."
        )
    layer, arn = str(first.get("layer")), parse_arn(target)
    if layer not in LAYERS or arn is None or (layer != "resource" and not arn.resource.startswith("role/")):
        raise NoEditError(
            f"Only policies of roles and resources are edited; this draft is for {one_line(target)}."
        )
    tool, _, place = str(first.get("owner") or "").partition(": ")
    if tool not in TOOLS:
        raise NoEditError(
            f"The role's tags tell that {one_line(str(first['owner']))} makes it, and that is not edited yet."
        )
    try:
        request = read_request(told["request"])
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"The diagnosis tells no call as `why403 explain --json` does: {error}") from None
    stack, _, logical_id = place.rpartition(" / ") if tool in {"cloudformation", "cdk"} else (place, "", "")
    return SourceDraft(
        owner=one_line(str(first.get("owner") or "")),
        tool=tool,
        request=request,
        layer=layer,
        target=target,
        name=_name(arn),
        account=arn.account or request.resource_account,
        partition=arn.partition,
        stack=stack,
        logical_id=logical_id,
        policy_name=str(first.get("policy_name") or "why403"),
        document=document,
        risk=str(first.get("risk")),
    )


def _name(arn: Arn) -> str:
    """What a source calls it: without its kind, its path, what is in it, and the letters that AWS puts behind a secret's name."""
    match arn.service:
        case "s3":
            return arn.resource.partition("/")[0]
        case "ecr":
            return arn.resource.removeprefix("repository/")
        case "secretsmanager":
            return arn.resource.removeprefix("secret:").rpartition("-")[0]
        case _:
            return re.split("[/:]", arn.resource)[-1]
