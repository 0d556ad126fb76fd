"""Signs in a plain text: words of refusal, and marks of AWS."""

import re

from why403.denials.contains import holds_any
from why403.denials.statuses import has_status_403

DENIAL_CODES = frozenset(
    {
        "AccessDenied", "AccessDeniedException", "accessDeniedException", "AccessDeniedFault", "UnauthorizedOperation", "Client.UnauthorizedOperation",
        "AuthorizationError", "AuthorizationErrorException", "Forbidden", "ForbiddenException", "403", "UnauthorizedException",
        "Unauthorized", "NotAuthorized", "NotAuthorizedException", "KMS.AccessDeniedException", "KMSAccessDeniedException",
        "KMSAccessDenied", "AccessDeniedForDependencyException", "UnauthorizedAccessException", "UnauthorizedAccess",
        "NotAuthorizedError", "AccessDeniedError", "403Forbidden", "403 Forbidden", "UserUnauthorized", "OperationNotPermitted",
        "OperationNotPermittedException", "AccessDeniedToResource", "InsufficientPrivilegesException", "AuthorizationException",
    }
)  # fmt: skip
CODE_WORD = re.compile(
    r"(?<![A-Za-z_])(?:KMS\.?)?(?:[Aa]ccessDenied(?:Exception|Fault|Error|ForDependencyException)?|UnauthorizedOperation"
    r"|AuthorizationError(?:Exception)?|UnauthorizedException|ForbiddenException|AuthorizationHeaderMalformed)(?![A-Za-z_])"
)
DENIED = re.compile(
    r"denied(?:(?<=\baccess denied)|(?<=\baccess is denied)|(?<=\baccess was denied)|(?<=\bpermission denied)"
    r"|(?<=\bis denied)\b|(?<=\bpermissiondenied)\b|(?<=\bdenied)(?:[:.]| access))"
)
UNAUTHORIZED = re.compile(
    r"authori[sz]ed(?:(?<=\bnot authori.ed)|(?<=\bunauthori.ed)|(?<=\bnotauthorized)(?:error|exception)\b)"
)
FORBIDDEN = re.compile(r"forbidden(?:(?<=\baccess forbidden)|(?<![\w/.-]forbidden)(?![\w-])(?!\.\w))")
NO_PERMISSION = re.compile(
    r"permission(?:(?<=\bno permission)|(?<=\black permission)|(?<=\blacks permission)|(?<=\binsufficient permission))"
    r"|n[o']t have (?:the )?(?:required |necessary |sufficient )?permission"
)
AWS_MARKS = (
    "An error occurred (", "when calling the ", "(Service: ", "x-amz-", "x-amzn-", "X-Amz-", "s3://", "s3a://", "s3n://", "AmazonS3", "arn:aws",
    "api error ", "operation error ", "$metadata", "<HostId>", "Amazon.", "aws-sdk", "awssdk", "aws_sdk", "Aws::", "Aws\\", "botocore",
    "boto3", "com.amazonaws", "ResourceInitializationError", "Encoded authorization failure message", "S3Exception", "[aws_client]",
    "cloudwatch_logs", "Extended Request ID", "AWS", "amazonaws.com", "status code: 403, request id", "AWSError",
    "UnauthorizedOperation", "Lambda", "DynamoDB", "CloudFormation", "Amazon ", "aws:", "aws ", "aws-", "/aws/", "S3ServiceException",
    "AccessDeniedException: User",
    "S3ResponseError", "EC2ResponseError", ".s3a.", "S3 ", " SQS", " SNS", "dkr.ecr",
)  # fmt: skip
BARE_CODE = re.compile(
    r"(?<![\w.\\$])AccessDeniedException: (?!/|Access is denied|Full authentication|You do not have the required role|[^:]{0,60} this page)"
)
"""AWS's code as it is printed before its message; a class of another name space has that before it."""
PROSE = re.compile(
    r"\b(?:if you (?:get|receive|see|encounter|are getting|want)|returns? (?:a |an )?(?:http )?403 (?:when|if|unless)"
    r"|you (?:may|might|can|will|should) (?:get|see|receive|check)"
    r"|how to (?:fix|resolve|troubleshoot)|for example,|e\.g\. |documentation|should (?:fail|return|be denied)|in case of"
    r"|(?:when|if|unless) (?:the |a |an |your )?(?:caller|user|role|principal) (?:is not|isn't|lacks)|make sure|^class \w+"
    r"|\bno (?:more |new )?(?:access ?denied|403)\w* (?:errors?|responses?|events?)"
    r"|(?:registered|registering|mapped|mapping|added|adding) (?:\w+ ){0,3}(?:mapper|handler|advice|translator|mapping)\b|see https?://docs"
    r"|\bmap(?:s|ped|ping) (?:\w+ )?access ?denied\w* (?:->|=>|to)|filter[ _]?pattern|\$\.errorcode"
    r"|\bexpected:? [^.]{0,60}(?:denied|forbidden|unauthorized|403)[^.]{0,80}\.? ?(?:actual|but got|received)\b"
    r"|^(?:changelog\b|commit [0-9a-f]{4,40}\b)|\bunauthorizedaccess:(?:\w{2,40}/|\[redacted))",
    re.IGNORECASE,
)
LIST = re.compile(
    r"(?i:[\"']codes[\"']|retr(?:y|i)able|not retry|retry(?:ing)?[ ._-]on|retry policy"
    r"|(?:known|supported|handled|ignored|mapped) (?:error|status)[ _]?codes)[\w :=]{0,40}[^\w]{0,6}"
    r"[A-Z][A-Za-z.]{3,60}(?:['\"]?(?:, ?|\|| or | and )['\"]?[A-Z][A-Za-z.]{3,60}){1,40}"
)
"""Codes enumerated in a setting; none of them has happened."""
TICKS = ("✓", "✔", "√")
PASSED = re.compile(r"\S .{0,300}\(\d{1,6} ?m?s\)$")
"""A tick, a test's name, how long it took: the form of Jest, Mocha and Vitest."""
PROSE_HINTS = (
    "if you ", " 403 when", " 403 if", " 403 unless", "you may", "you might", "you can", "you will", "you should", "how to ",
    "for example,", "e.g. ", "documentation", "should ", "in case of", "when ", "if ", "unless ", "make sure", "class ", "no access", "no 403",
    "no more ", "no new ", "registered ", "registering ", "mapped ", "mapping ", "added ", "adding ", "see http",
    "maps ", "pattern", "errorcode", "expected", "changelog", "unauthorizedaccess:", "commit ",
)  # fmt: skip
"""One of these stands in every text that PROSE fits."""
FOREIGN_ACCESS_DENIED = (
    "java.nio.file.AccessDeniedException",
    "Security\\Core\\Exception\\AccessDenied",
    "AccessDeniedHttpException",
)


def has_code(text: str) -> bool:
    """Whether one of AWS's error codes of refusal stands in the text as a word of its own."""
    return ("Denied" in text or "uthoriz" in text or "Forbidden" in text) and CODE_WORD.search(
        text
    ) is not None


def has_refusal(text: str) -> bool:
    """Whether the text says that something was refused, in words or as a status."""
    lowered = text.lower()
    return (
        ("denied" in lowered and DENIED.search(lowered) is not None)
        or ("authori" in lowered and UNAUTHORIZED.search(lowered) is not None)
        or ("forbidden" in lowered and FORBIDDEN.search(lowered) is not None)
        or ("permission" in lowered and NO_PERMISSION.search(lowered) is not None)
        or "not allowed to access" in lowered
        or has_status_403(text)
    )


def has_aws_mark(text: str) -> bool:
    """Whether something in the text is AWS's."""
    return holds_any(text, AWS_MARKS) or BARE_CODE.search(text) is not None


def is_passed_test(text: str) -> bool:
    """Whether a test runner tells that a test passed, whatever its name is."""
    return text[:1] in TICKS and PASSED.match(text) is not None


def is_list(text: str) -> bool:
    """Whether the text enumerates error codes, as the settings of a retry policy do."""
    return holds_any(text, ("etr", "odes", "ODES")) and LIST.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether the text talks about denials instead of reporting one."""
    return holds_any(text.lower(), PROSE_HINTS) and PROSE.search(text) is not None
