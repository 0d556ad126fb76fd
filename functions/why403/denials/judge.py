"""Where it is decided whether a line without AWS's full sentence is a denial, and which lookalike it is otherwise."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.denial import Kind, Verdict
from why403.denials.endpoints import URL, read_host, read_url
from why403.denials.handled import GOES_ON, level_of
from why403.denials.lookalikes import (
    find_lookalike,
    is_certainly_foreign,
    is_foreign_refusal,
    is_foreign_system,
    is_s3_compatible,
    is_said,
    said_at,
    service_switched_off,
)
from why403.denials.own_refusals import is_beside, is_own_answer, of_own_service
from why403.denials.quoted import is_prose
from why403.denials.signs import (
    CODE_WORD,
    DENIAL_CODES,
    FAILURE,
    FOREIGN_ACCESS_DENIED,
    first_refusal,
    has_answer_mark,
    has_aws_mark,
    has_code,
    has_refusal,
    status_403_at,
)
from why403.denials.stated import is_reported, stated_at

FOREIGN_HOST_ID = re.compile(r"host_?id(?:>|['\"]?[:=] ?['\"]?)[0-9a-f]{64}(?![0-9a-z+/=])")
"""MinIO's, Ceph's: hexadecimal, where S3's is base64; as XML, JSON, or an object that JavaScript prints."""
BARE_CODES = DENIAL_CODES - {
    "AuthorizationError", "AuthorizationErrorException", "Forbidden", "ForbiddenException", "403", "UnauthorizedException", "Unauthorized",
}  # fmt: skip
"""Codes that tell of AWS though nothing else does; the others are any framework's."""
LOCAL_FILE = re.compile(
    r"(?<![\w:/.~-])(?:~|\.{1,2})?/[^\s'\":]{1,300}['\"]?\)?(?:(?: failed)?: | \()[Pp]ermission denied\b"
    r"|(?<![\w:/.~-])[Pp]ermission denied: ['\"]?/(?!/)"
    r"|(?<![\w:/.~-])permission denied, \w{2,20} ['\"]?\.{0,2}/"
    r"|\b(?:open|l?stat|mkdir|remove|unlink(?:at)?|rename|chdir|ch(?:mod|own)|readlink|symlink|fork/exec)"
    r" (?![\w+.-]{1,20}:/)[^\s:'\"]{1,300}: permission denied\b"
    r"|\b(?:[Cc]annot|[Cc]an't|[Cc]ould not) [a-z ]{2,40}'[^\s:']{1,300}'(?: [a-z ]{2,40})?: Permission denied\b"
)
"""The operating system's refusal of a path of its own, whatever it is called; a relative one behind a call's name, as Go and GNU's tools write it."""
MOUNTS = ("s3fs", "goofys", "mountpoint", "mount-s3", "/efs", "efs-", "eks.amazonaws.com/serviceaccount")
"""What turns AWS's refusal into the operating system's, and the file with AWS's token for a pod."""
FOREIGN_URL = re.compile(
    r"https?://(?![^/\s]{0,255}(?:amazonaws|aws|cloudfront))[^\s\"'`<>)\]]{1,2000}", re.IGNORECASE
)
"""An address of somebody else's: `/aws/` in it is no sign of AWS."""

AWS_PLACES = (
    "because no identity-", "because no resource-", "because no resource control", "because no service control", "because no permission",
    "because no session", "because no VPC endpoint", "because no role trust",
    "enied: s3://", "enied: 's3://", "enied: s3a://", "orbidden: s3://", ".dkr.ecr.",
)  # fmt: skip
"""The start of AWS's reasons, S3's paths as what is refused, images that are not only metadata: there, a refusal is AWS's."""
IAM_LOGIN = (
    "rds.amazonaws.com", "rds_iam", "db_auth_token", "db-auth-token", "awsauthenticationplugin", "rds-db",
    "iam database auth", "iam auth",
)  # fmt: skip
"""What shows, beside a database's refusal, that the login may be one by IAM."""


NO_LOGIN = "no basic auth credentials"
"""Docker's words for a registry that it has no login of, which may be anybody's."""
NEAR = 250
"""Characters between a status and the address that it is told of."""
FAILED = frozenset({"ERROR", "FATAL", "CRITICAL", "ALERT", "EMERGENCY"})
NAMES = re.compile(
    rf"{CODE_WORD.pattern}|\b[A-Z]\w{{1,60}}(?:Exception\b(?!['\"]?:)|Error(?=[,\])|]))|(?<=, )[A-Z]\w{{2,60}}Error\b(?!:)"
)
"""Codes and classes: what is said of them tells whether they happened."""
ANSWERED = re.compile(r"(?i)\b(?:returned|got|received|answered|responded|hit)\b")
"""What only a record that is not quiet reports with."""
CODE = r"(?:accessdenied\w{0,9}|unauthorizedoperation|authorizationerror\w{0,9})"
OF_INPUT = re.compile(
    r"Validation(?:Error|Exception)|Invalid(?:Parameter|Request|Input|Config|Argument|\w{0,20}Role)|Insufficient\w{1,60}Policy|BadRequest|ClientException"
)
"""How codes begin that blame what a call was given; of a denial where the words are one's."""
STARTED = re.compile(r"\berror \w{3,20}ing\b|\b[Ff]ailed to\b|\b[Uu]nable to\b|\b[Cc]ould not \w")
"""What begins a report, in which a hint may stand before the refusal; a level in capitals begins none."""
REPORTED = re.compile(
    r"(?i)\bdenied (?:to|by|on|for|access|from)\b"
    rf"|(?:{CODE}|denied|forbidden)['\"]?: (?=[A-Z])(?-i:(?![A-Z]?[a-z]+[,;)}}]))|exception\d?['\"]?: (?![\d{{\[])\S"
    rf"|(?:->|:) {CODE}(?=$|[.;]| (?:on|for|from|in|at|after)\b)"
    r"|(?-i:\b[A-Z][a-z])\w{2,60}: access (?:is |was )?denied(?=$|[.;])"
    rf"|{CODE} (?:when|while) \w{{2,20}}ing\b|(?<!\w)[a-z0-9-]{{2,40}}[:/.](?-i:[A-Z])\w{{3,60}} {CODE}"
    rf"|(?<![\w{{,|#\"'])code=['\"]?{CODE}|<code>|\.\.\. because no "
)
"""A refusal that is a report by its form: with what it was of, its message behind it, or the operation before it."""


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
    if (not calls and is_said(text, found, "list")) or _explains(text, calls):
        return Judgement(Verdict.NOT_A_DENIAL)
    is_aws = _is_aws_call(calls) or _names_endpoint(text) or holds_any(text, AWS_PLACES)
    answered = any(call.code in DENIAL_CODES or call.status == "403" for call in calls)
    refused = has_refusal(text) or has_code(text) or answered or stated_at(text) is not None
    if _is_foreign(text, lowered, found, is_aws=is_aws, refused=refused, answered=answered):
        return Judgement(Verdict.NOT_AWS, Kind.RDS_LOGIN if holds_any(lowered, IAM_LOGIN) else Kind.NONE)
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


def _explains(text: str, calls: Sequence[FailedCall]) -> bool:
    """Whether the text is a page's, in which no call has an answer; AWS's own long messages are none."""
    answered = any(call.code or call.status for call in calls)
    return not answered and is_prose(text) and not is_reported(text)


def _is_foreign(  # noqa: PLR0913  # what was found out of the text, each once
    text: str, lowered: str, found: frozenset[str], *, is_aws: bool, refused: bool, answered: bool
) -> bool:
    """Whether another system refused: one in its own grammar, a store like S3, or a host that is nobody's of AWS."""
    if is_foreign_store(text, lowered, found) or (is_certainly_foreign(found) and not answered):
        return True
    if is_aws:
        return False
    return (
        is_foreign_refusal(found)
        or of_own_service(text)
        or (refused and is_foreign_system(found))
        or _is_local(text, lowered)
        or (not _is_aws_answer(text, answered=answered) and _is_of_foreign_host(text))
    )


def _is_aws_answer(text: str, *, answered: bool) -> bool:
    """Whether a code stands in what only AWS answers; of S3's bodies nothing may be left but its words."""
    return (answered or has_code(text)) and (has_answer_mark(text) or "Access Denied" in text)


def _is_of_foreign_host(text: str) -> bool:
    """Whether the status, or Docker's missing login, is told of somebody else's address: names of AWS's packages beside it are no sign of AWS."""
    at = status_403_at(text)
    if at is None and NO_LOGIN in text:
        at = text.index(NO_LOGIN)
    address = None if at is None else FOREIGN_URL.search(text, max(0, at - NEAR))
    return at is not None and address is not None and address.start() < at + NEAR


def is_foreign_store(text: str, lowered: str, found: frozenset[str]) -> bool:
    """Whether a store like S3 answered: by its name, its host, or its ids."""
    return is_s3_compatible(text, found) or (
        ("hostid" in lowered or "host_id" in lowered) and FOREIGN_HOST_ID.search(lowered) is not None
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
    is_only_status = not has_code(text) and not answered and first_refusal(text) == status_403_at(text)
    if (
        not is_aws
        and ((has_code(text) and not has_answer_mark(text)) or is_only_status)
        and is_own_answer(text)
    ):
        return Verdict.NOT_AWS
    if codes & DENIAL_CODES and (is_aws or has_aws_mark(text) or (codes & BARE_CODES and has_code(text))):
        return Verdict.MISSING_PERMISSION
    if not refused or (answered and not is_aws and _is_talk(text, found)):  # unanswered talk is only named
        return Verdict.NOT_A_DENIAL
    if any(mark in text for mark in FOREIGN_ACCESS_DENIED) and not is_aws:
        return Verdict.NOT_AWS
    if (
        is_aws
        and codes
        and not codes & DENIAL_CODES
        and status_403_at(text) is None
        and not _is_validated(text, codes)
    ):
        return Verdict.NOT_A_DENIAL
    told = FOREIGN_URL.sub("", text)
    of_aws = is_aws or has_aws_mark(told) or stated_at(told) is not None
    return Verdict.MISSING_PERMISSION if of_aws else Verdict.NOT_AWS


def _is_validated(text: str, codes: set[str]) -> bool:
    """Whether a service looked at what it was given, and was refused: its code tells of the parameter, its words of the refusal."""
    return has_refusal(text) and any(map(OF_INPUT.match, codes))


def _is_talk(text: str, found: frozenset[str]) -> bool:
    """Whether the refusal is only talked about: a hint or a link behind it, or behind what failed, takes nothing of it back."""
    at = said_at(text, found, "talk")
    if at is None or STARTED.search(text[:at]):
        return False
    stated = stated_at(text)
    return at <= min(first_refusal(text), len(text) if stated is None else stated)


def _is_only_named(text: str, found: frozenset[str]) -> bool:
    """Whether the refusal is talked about, or stands where nothing tells of a failure: no status, no level, no word."""
    if _is_talk(text, found):
        return True
    if status_403_at(text) is not None or REPORTED.search(text):
        return False
    said = NAMES.sub("", text)
    if FAILURE.search(said):
        return False
    level = level_of(text)
    if level in GOES_ON:
        return True
    return level not in FAILED and not ANSWERED.search(text) and not has_refusal(said)


def _is_aws_call(calls: Sequence[FailedCall]) -> bool:
    return any(call.service or call.operation or call.action for call in calls)


def _names_endpoint(text: str) -> bool:
    """Whether an address of AWS's stands in the text, which is not only beside a request of the application's own that it refused itself."""
    if "amazonaws" not in text:
        return False
    urls = (
        match[0] for match in URL.finditer(text) if "amazonaws" in match[0] and not is_beside(text, match)
    )
    return any(map(read_url, urls)) or read_host(text) is not None


def _is_local(text: str, lowered: str) -> bool:
    """Whether the operating system refused a file, and nothing in the line tells of AWS's answer."""
    return (
        "ermission denied" in text
        and LOCAL_FILE.search(text) is not None
        and not has_code(text)
        and not holds_any(lowered, MOUNTS)
    )
