"""Signs in a plain text: words of refusal, and marks of AWS."""

import re
from functools import lru_cache

from why403.denials.contains import holds_any
from why403.denials.wording import marks

CODES_OF_ANOTHER = {
    "KMS.AccessDeniedException": "kms", "KMSAccessDeniedException": "kms", "KMSAccessDenied": "kms", "KmsAccessDenied": "kms",
    "KmsAccessDeniedException": "kms", "KMSAccessDeniedFault": "kms", "EncryptionKeyAccessDeniedException": "kms",
    "S3AccessDeniedFault": "s3", "BucketPermissionException": "s3", "LoadUrlAccessDeniedException": "s3",
    "SNSNoAuthorization": "sns", "SNSNoAuthorizationFault": "sns", "EC2AccessDeniedException": "ec2",
    "IamRoleMissingPermissions": "s3", "InsufficientIAMAccessPermissionException": "iam", "AccessDeniedForDependencyException": "iam",
    "InsufficientDependencyServiceAccessPermissionException": "", "DependentServiceAccessDenied": "", "LogDestinationPermissionException": "",
    "WAFLogDestinationPermissionIssueException": "",
}  # fmt: skip
"""Codes of AWS's services that tell that another service refused them, and the IAM prefix of that: the operation's own permission is none
that lacks."""
CODES_OF_ONE = {
    "CloudHsmAccessDeniedException": "cloudhsm", "OperationNotPermittedFault": "swf", "UnauthorizedResourceAccessException": "workdocs",
}  # fmt: skip
"""Codes that one service alone has, and its IAM prefix."""
DENIAL_CODES = frozenset(
    {
        *CODES_OF_ANOTHER, *CODES_OF_ONE,
        "AccessDenied", "AccessDeniedException", "accessDeniedException", "AccessDeniedFault", "UnauthorizedOperation", "Client.UnauthorizedOperation",
        "AuthorizationError", "AuthorizationErrorException", "Forbidden", "ForbiddenException", "403", "UnauthorizedException",
        "Unauthorized", "NotAuthorized", "NotAuthorizedException", "UnauthorizedAccessException",
        "UnauthorizedAccess", "UnauthorizedOperationException", "AccessForbidden",
        "NotAuthorizedError", "AccessDeniedError", "403Forbidden", "403 Forbidden", "UserUnauthorized", "OperationNotPermitted",
        "OperationNotPermittedException", "AccessDeniedToResource", "InsufficientPrivilegesException",
        "InsufficientPermissionsException", "AuthorizationException", "VpceAccessDenied",
    }
)  # fmt: skip
CODE_WORD = re.compile(
    r"(?<![A-Za-z_])(?<!\w-)(?:KMS\.?)?(?:[Aa]ccessDenied(?:Exception|Fault|Error|ForDependencyException)?|UnauthorizedOperation"
    r"|AuthorizationError(?:Exception)?|UnauthorizedException|ForbiddenException|AuthorizationHeaderMalformed)(?![A-Za-z_]|-[a-z])"
)
"""A word of its own: `MyAccessDeniedHandler` and `access-denied-page` are names in somebody's program."""
DENIED = re.compile(
    r"denied(?:(?<=\baccess denied)|(?<=access_denied)\b|(?<=\baccess is denied)|(?<=\baccess was denied)|(?<=\bpermission denied)"
    r"|(?<=\bis denied)\b|(?<=\bwas denied)\b|(?<=\bpermissiondenied)\b|(?<=\bdenied)(?:[:.](?!\w)| access))"
)
"""The words before it stand in a look-behind, so that a search starts at the seldom `denied` and not at each `is`."""
UNAUTHORIZED = re.compile(
    r"authori[sz]ed(?:(?<=\bnot authori.ed)|(?<=n't authori.ed)|(?<=\bunauthori.ed)|(?<=\bnotauthorized)(?:error|exception)\b)"
)
"""Both spellings; `authorized` without `not`, `n't` or `un` is a success."""
FORBIDDEN = re.compile(r"forbidden(?:(?<=\baccess forbidden)|(?<![\w/.-]forbidden)(?![\w-])(?!\.\w))")
"""A word of its own: `forbidden.html` and `/forbidden` are names."""
NO_PERMISSION = re.compile(
    r"permission(?:(?<=\bno permission)|(?<=\black permission)|(?<=\blacks permission)|(?<=\black the permission)"
    r"|(?<=\blacks the permission)|(?<=\binsufficient permission))"
    r"|n[o']t (?:have|give|grant|provide)(?: (?!to\b)[\w-]{1,20}){0,4}? permission"
)
"""`permission` alone stands in every audit line: only one that is missing is a refusal."""
NOT_ENOUGH = re.compile(r"\b(?:in|not )sufficient (?:[\w-]{1,20} ){0,2}(?:permission|privilege)s?\b")
"""`insufficient EC2 permissions`: two words at most stand between."""
BRANDS = (
    "AWS", "Amazon", "amazon", "Lambda", "DynamoDB", "CloudFormation", "S3", "SQS", "SNS", "KMS", "EC2",
    "Kinesis", "Bedrock", "Secrets Manager", "SecretsManager", "Parameter Store", "EventBridge", "Step Functions",
    "Athena", "CloudWatch", "Firehose", "SageMaker", "ECR", "boto",
)  # fmt: skip
"""Names that anybody may use, and S3's word; beside one of AWS's codes they settle whose it is."""
BRAND_WORDS = re.compile(
    r"(?<![\w/.-])(?:SSM|STS|ECS|EKS|IAM|EFS|SES|RDS|MSK|(?:[a-z0-9]{1,20}_){0,2}[bB]ucket(?:s|_?[nN]ame)?)(?![\w/-])|aws-sdk|(?<![\w/-])p?aws(?![a-z-])"
)
"""Those that parts of other words look like."""
BARE_CODE = re.compile(
    r"(?<![\w.\\$])AccessDeniedException: (?!/|[A-Z]:\\|Access is denied|Full authentication|You do not have the required role|[^:]{0,60} this page)"
    r"|(?<![\w.\\$:])AccessDenied: Access Denied(?![.\w])"
    r"|\bUnauthorizedOperation(?:\b['\"]?(?:: | => |, ?)['\"]?|</Code>\s{0,40}<Message>)You are not authorized to perform this operation"
)
"""AWS's code as it is printed before its message; a class of another name space has that before it."""
FOREIGN_ACCESS_DENIED = (
    "java.nio.file.AccessDeniedException",
    "Security\\Core\\Exception\\AccessDenied",
    "AccessDeniedHttpException",
)
FAILURE = re.compile(
    r"(?i)fail(?!over)|\berror\b(?!\.\w| (?:translation|code|map|handl|rate|budget|message|type|class|catalog|table|page|count|report|stat)\w{0,8}\b)"
    r"|(?-i:[a-z]Error\b)|\berrors?[=:](?! ?[\[{])|exception(?!s)|\bunable|could ?n[o']t|cannot|can't|reject|refus|abort"
    r"|g(?:ave|iving) up|panic|crash|\brais|threw|thrown|caused|traceback|not authori|\bnot allowed"
    r"|失敗(?!率|数|時)|できません|できなかった|拒否され(?:まし)?た|権限がありません|発生しました|실패(?!율| 시| 횟수)|수 없(?:습니다|음|었)|못했|거부(?:되었|됨|했)|발생했"
    r"|(?:^|[\s\[])(?:エラー|오류|에러)[\]:：]"
)
"""What a record says, besides a code, where it reports a refusal; in Japanese and Korean by verbs: `エラー` alone is any page's word."""
SHOWN = 200
"""Occurrences that are looked at; a line with more is no report of one denial."""
BEFORE = re.compile(
    r"(?:(?:\b|\bhttp|\bresponse)status(?:[_ -]?code)?|\bhttp(?:[/_][\w.]{1,12})?|\berror(?:[_ ]?code)?|\bcode|\bresponse(?: code)?|\breturn(?:ed|s|ing)?|\bgot"
    r"|\breceived|\banswered|\bwith|\bfailed|=>|->|\bis|\bwas|\ban?|\bRESPONSE|\bdue to)"
    r"['\"]{0,2}\s?[:=(]{0,2}\s?['\"(]?(?:an? |http |error |status |code ){0,3}$",
    re.IGNORECASE,
)
"""Words that announce a status or a code: `status=403`, `returned a 403`, `http error 403`; not `took 403`."""
REQUEST = re.compile(
    r"\b(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) \S{1,160}(?: HTTP/[\d.]{1,3}\"?)?(?: =)? $|\bhttps?://\S{1,160}: $"
)
"""An access log has method and path before the status: `GET /a 403`, `"GET /a HTTP/1.1" 403`; libcurl's users the address and a colon."""
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
ASKED_AGAIN = 8
"""A line's own texts, of which several judges ask the same: no more, for each may have 256 KB."""


@lru_cache(ASKED_AGAIN)
def has_code(text: str) -> bool:
    """Whether one of AWS's error codes of refusal stands in the text as a word of its own."""
    return ("Denied" in text or "uthoriz" in text or "Forbidden" in text) and CODE_WORD.search(
        text
    ) is not None


REFUSAL_ROOTS = (
    "denied",
    "authori",
    "forbidden",
    "permission",
    "sufficient ",
    "not allow",
    "n't allow",
    "not permit",
    "n't permit",
    "403",
)
"""In lower case: no text without one of them tells of a refusal."""


def has_refusal(text: str) -> bool:
    """Whether the text says that something was refused, in words or as a status."""
    lowered = text.lower()
    return (
        ("denied" in lowered and DENIED.search(lowered) is not None)
        or ("authori" in lowered and UNAUTHORIZED.search(lowered) is not None)
        or ("forbidden" in lowered and FORBIDDEN.search(lowered) is not None)
        or ("permission" in lowered and NO_PERMISSION.search(lowered) is not None)
        or ("sufficient " in lowered and NOT_ENOUGH.search(lowered) is not None)
        or holds_any(lowered, ("not allowed to access", "not permitted to "))
        or status_403_at(text) is not None
    )


def first_refusal(text: str) -> int:
    """Where the text first tells of a refusal; its length where it does not."""
    lowered = text.lower()
    told = (
        pattern.search(lowered) for pattern in (DENIED, UNAUTHORIZED, FORBIDDEN, NO_PERMISSION, NOT_ENOUGH)
    )
    code, status = CODE_WORD.search(text), status_403_at(text)
    places = [match.start() for match in (*told, code) if match]
    return min(places + ([] if status is None else [status]), default=len(text))


def has_answer_mark(text: str) -> bool:
    """Whether what only AWS's answers, SDKs and tools on top of them print stands in the text."""
    return holds_any(text, marks())


@lru_cache(ASKED_AGAIN)
def has_aws_mark(text: str) -> bool:
    """Whether something in the text is AWS's answer: a mark of it, or one of its codes beside its name."""
    if has_answer_mark(text) or BARE_CODE.search(text) is not None:
        return True
    return has_code(text) and (holds_any(text, BRANDS) or BRAND_WORDS.search(text) is not None)


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
