"""Where it is decided whether a line without AWS's full sentence is a denial, and which lookalike it is otherwise."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.denial import Kind, Verdict
from why403.denials.endpoints import URL, read_url
from why403.denials.handled import level_of
from why403.denials.lookalikes import (
    find_lookalike,
    is_certainly_foreign,
    is_foreign_refusal,
    is_foreign_system,
    is_s3_compatible,
    is_said,
    said_at,
)
from why403.denials.signs import (
    DENIAL_CODES,
    FOREIGN_ACCESS_DENIED,
    first_refusal,
    has_aws_mark,
    has_code,
    has_refusal,
    is_refused_by_brand,
)
from why403.denials.statuses import status_403_at
from why403.denials.switched_off import service_switched_off

FOREIGN_HOST_ID = re.compile(r"<hostid>[0-9a-f]{64}</hostid>")
"""MinIO's, Ceph's: hexadecimal, where S3's is base64."""
LOCAL_FILE = re.compile(
    r"(?<![\w:/.~-])(?:~|\.{1,2})?/[^\s'\":]{1,300}['\"]?\)?(?:(?: failed)?: | \()[Pp]ermission denied\b"
    r"|(?<![\w:/.~-])permission denied, \w{2,20} ['\"]?\.{0,2}/"
)
"""The operating system's refusal of a path of its own, whatever the path is called."""
MOUNTS = ("s3fs", "goofys", "mountpoint", "mount-s3", "/efs", "efs-")
"""What turns AWS's refusal into the operating system's."""
FOREIGN_URL = re.compile(r"https?://(?![^/\s]{0,255}(?:amazonaws|aws))[^\s\"'`<>)\]]{1,2000}", re.IGNORECASE)
"""An address of somebody else's: `/aws/` in it is no sign of AWS."""

HOST = re.compile(r"\b[Ee]ndpoint(?:_?[Uu]rl)?[\"']?[:=] ?[\"']?([a-z0-9.-]{1,200}\.amazonaws\.com)\b")
"""An endpoint in a field of its own, as clients are given it: without a scheme."""

AWS_PLACES = ("because no ", "enied: s3://", "enied: 's3://", "enied: s3a://", "orbidden: s3://", ".dkr.ecr.")
"""The start of AWS's reasons, S3's paths as what is refused, images that are not only metadata: there, a refusal is AWS's."""
IAM_LOGIN = (
    "rds.amazonaws.com",
    "rds_iam",
    "db_auth_token",
    "db-auth-token",
    "awsauthenticationplugin",
    "rds-db",
    "iam database auth",
    "iam auth",
)
"""What shows, beside a database's refusal, that the login may be one by IAM."""


GOES_ON = frozenset({"TRACE", "DEBUG", "INFO", "NOTICE"})
FAILURE = re.compile(
    r"(?i)fail|error|exception|\bunable|could ?n[o']t|cannot|can't|reject|refus|abort|g(?:ave|iving) up|panic|crash|\brais|threw|thrown|caused"
    r"|traceback|not authori|\bnot allowed|\bdenied (?:to|by|on|for|access|from)\b|(?:denied\w{0,12}|forbidden)['\"]?: (?=[A-Za-z])"
)
"""What a quiet record says where it reports a refusal after all."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and the kind that a playbook hangs on."""

    verdict: Verdict
    kind: Kind = Kind.NONE
    service: str = ""
    """The IAM prefix of the service that the words themselves name; empty where only the call may tell."""


def judge(text: str, calls: Sequence[FailedCall], found: frozenset[str]) -> Judgement:
    """The verdict on a plain text in which AWS's full sentence does not stand; `found` are the known phrases in it."""
    lowered = text.lower()
    if is_said(text, found, "test") or (not calls and is_said(text, found, "list")):
        return Judgement(Verdict.NOT_A_DENIAL)
    is_aws = (
        _is_aws_call(calls)
        or _names_endpoint(text)
        or holds_any(text, AWS_PLACES)
        or is_refused_by_brand(text)
    )
    answered = any(call.code in DENIAL_CODES or call.status == "403" for call in calls)
    refused = has_refusal(text) or has_code(text) or answered
    if _is_foreign_store(text, lowered, found) or (is_certainly_foreign(found) and not answered):
        return _foreign(lowered)
    if not is_aws and (
        is_foreign_refusal(found) or (refused and is_foreign_system(found)) or _is_local(text, lowered)
    ):
        return _foreign(lowered)
    if refused and not answered and _is_only_named(text, found):
        return Judgement(Verdict.NOT_A_DENIAL)
    known = find_lookalike(lowered, found, refused=refused)
    if known is not None:
        of = service_switched_off(lowered) if known.kind is Kind.SERVICE_NOT_ENABLED else ""
        return Judgement(known.verdict, known.kind, of or "")
    if refused and (is_aws or has_code(text) or has_aws_mark(text)):
        off = service_switched_off(lowered)
        if off is not None:
            return Judgement(Verdict.AWS_403_NOT_IAM, Kind.SERVICE_NOT_ENABLED, off)
    return Judgement(_verdict(text, calls, found, is_aws=is_aws, refused=refused, answered=answered))


def _foreign(lowered: str) -> Judgement:
    """Another system's refusal; a database's may be a login by IAM."""
    return Judgement(Verdict.NOT_AWS, Kind.RDS_LOGIN if holds_any(lowered, IAM_LOGIN) else Kind.NONE)


def _is_foreign_store(text: str, lowered: str, found: frozenset[str]) -> bool:
    return is_s3_compatible(text, found) or (
        "<hostid>" in lowered and FOREIGN_HOST_ID.search(lowered) is not None
    )


def _verdict(  # noqa: PLR0913  # what was found out of the text, each once
    text: str,
    calls: Sequence[FailedCall],
    found: frozenset[str],
    *,
    is_aws: bool,
    refused: bool,
    answered: bool,
) -> Verdict:
    codes = {call.code for call in calls if call.code}
    if codes & DENIAL_CODES and (is_aws or has_aws_mark(text) or has_code(text)):
        return Verdict.MISSING_PERMISSION
    if not refused or (not (is_aws and answered) and _is_talk(text, found)):
        return Verdict.NOT_A_DENIAL
    if any(mark in text for mark in FOREIGN_ACCESS_DENIED) and not is_aws:
        return Verdict.NOT_AWS
    if is_aws and codes and not codes & DENIAL_CODES and "403" not in text:
        return Verdict.NOT_A_DENIAL
    return (
        Verdict.MISSING_PERMISSION if is_aws or has_aws_mark(FOREIGN_URL.sub("", text)) else Verdict.NOT_AWS
    )


def _is_talk(text: str, found: frozenset[str]) -> bool:
    """Whether the refusal is only talked about: what is said behind it, a hint or a link, takes nothing of it back."""
    at = said_at(text, found, "talk")
    return at is not None and at <= first_refusal(text)


def _is_only_named(text: str, found: frozenset[str]) -> bool:
    """Whether the refusal is talked about, or stands in a quiet record that tells of no failure and no status."""
    if _is_talk(text, found):
        return True
    return status_403_at(text) is None and level_of(text) in GOES_ON and FAILURE.search(text) is None


def _is_aws_call(calls: Sequence[FailedCall]) -> bool:
    return any(call.service or call.operation or call.action for call in calls)


def _names_endpoint(text: str) -> bool:
    if "amazonaws" not in text:
        return False
    hosts = (f"https://{match[1]}" for match in HOST.finditer(text))
    urls = (match[0] for match in URL.finditer(text) if "amazonaws" in match[0])
    return any(read_url(url) for url in (*urls, *hosts))


def _is_local(text: str, lowered: str) -> bool:
    """Whether the operating system refused a file, and nothing in the line tells of AWS's answer."""
    return (
        "ermission denied" in text
        and LOCAL_FILE.search(text) is not None
        and not has_code(text)
        and not holds_any(lowered, MOUNTS)
    )
