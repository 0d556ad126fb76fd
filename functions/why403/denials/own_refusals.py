"""What the application refused itself: a 403 that it answered, a code of its own. AWS's codes are short, and anybody may call an error so."""

import re

from why403.denials.contains import holds_any
from why403.denials.signs import CODE_WORD, has_code, status_403_at
from why403.iam.reference import is_prefix

ROUTE = re.compile(
    r"\b(?:GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) (?P<asked>/\S{0,1000}?)(?: HTTP/[\d.]{1,3}\"?)?(?: [-=]>| [|:-])? 403\b"
    r"|(?<![\w-])(?:path|ur[il]|route|endpoint|request_?ur[il]|(?:request|http|url)[._]?(?:path|target|url))"
    r"[\"']?\s?[:=]\s?[\"']?(?:[A-Z]{3,7} )?(?P<route>/[^\s\"',?}]{0,1000})",
    re.IGNORECASE,
)
"""The path of a request that the application got: before its status, or in a field of its own; 1,000 characters are S3's longest key."""
BESIDE = re.compile(
    r"(?<![\w.-])(?!(?:upstream|target|origin|backend|prox|error|err\b|message|msg|reason|cause|exception))"
    r"[\w.-]{1,60}[\"']?\s?[:=]\s?[\"']?$",
    re.IGNORECASE,
)
"""The key of a field that an address is the value of; not where it is said to have been asked, or to have failed."""
KEY = 80
"""Characters of such a key, with its marks."""
ANSWER = re.compile(
    r"\bstatus_?[cC]ode[\"']?\s?:\s?[\"']?403\b.{0,300}?[\"']body[\"']\s?:|[\"']?\bextensions[\"']?\s?:\s?\{\s?[\"']?code"
)
"""A function's own answer to who called it, as API Gateway takes it, headers between the two; and GraphQL's errors."""
OWN_USER = re.compile(
    r"\b(?i:(?P<who>user|member|viewer|tenant|project|team|workspace|customer|plan)|group|role) "
    r"(?:(?P<name>(?!arn:|is\b|does\b|not\b)[\w@.#'-]{1,60}) )?(?:may|can|must|lacks|has no|(?(who)(?(name)(?:is|has|does)|(?!))|(?!)))\b"
)
"""Of an application's own user or tenant, AWS says nothing: its users are ARNs."""
OWN_CLASS = re.compile(
    r"(?<![\w.])(?!(?:\w{1,40}\.){0,8}(?:amazon\w*|aws\w*|boto\w*|\w*types|exceptions|errorfactory|[mM]odel)\.)"
    rf"(?:[a-z_]\w{{0,40}}\.){{1,8}}(?:{CODE_WORD.pattern}): "
)
"""A class in a name space that is none of an SDK's."""
OWN_ROLE = re.compile(
    r"\b(?:lacks?|misses|missing|requires?|needs?|has no|not have)(?: (?:the|an?|any))?(?: required)? (?:role|scope|authority|group|privilege)s?\b(?! ARN| pol)"
    r"|\b(?:[qQ]uota|[lL]imit|[pP]lan) (?:is |was |has been )?(?:exceeded|reached|exhausted)\b"
)
"""What an application's own authorization misses: AWS's misses a permission, or a policy, and has no quota that it calls denied."""
ERROR = re.compile(
    rf"\{{(?P<held>[^{{}}]{{0,2000}}?\b(?:[Cc]ode|name|type)[\"']?\s?:\s?[\"'](?:{CODE_WORD.pattern})[\"'][^{{}}]{{0,2000}})\}}"
)
"""An error as an object: a code or a name, a message and a stack, and no other object in it."""
OF_RECORD = re.compile(r"\b(?:level|severity|lvl|sev|time|ts|timestamp|logger)[\"']?\s?[:=]")
"""What a logger's record has: its message is the logger's, and says what failed."""
BEHIND = re.compile(rf"(?:{CODE_WORD.pattern})[\"'\]]?: (?P<said>(?:(?! at )[^\"{{}}]){{12,200}})")
"""The words behind a code, of an error that is printed; of a shorter one nothing is told, and AWS's own may be empty."""
MESSAGE = re.compile(r"\b[mM]essage[\"']?\s?:\s?[\"'](?P<said>[^\"'{}]{3,400})[\"']")
"""What the error itself says."""
OF_ACCESS = (
    "acces", "denied", "status code", "request", "null", "authori", "permi", "allow", "forbid",
    "enable", "account", "credential", "role", "policy", "key", "unknown", "subscri",
)  # fmt: skip
"""One of these stands in whatever AWS says under these codes."""
MADE = re.compile(
    rf"(?:^|[\"'`] ?)(?:{CODE_WORD.pattern}):? [^\"'`]{{0,300}}? at (?P<frame>[\w.$<>\[\] ]{{1,120}} \([^()\s]{{1,300}}:\d{{1,7}}:\d{{1,7}}\))"
)
"""A stack of JavaScript's that begins with the code, so that the error itself is called so, and its first frame, where it was made."""
OF_SDK = (
    "node_modules", "extractError", "throwDefaultError", "de_", "deserialize", "Deserializer", "Protocol", "Schema",
)  # fmt: skip
"""What stands in a frame in which an SDK makes an error, bundled or not."""


OWN_ACTION = re.compile(
    r"\bto perform(?: the)?(?: action)?:? ?[\"'`]?(?P<service>[a-z][a-z0-9_-]{1,40}):[A-Za-z]\w{1,80}(?![\w:/])"
)
"""An action in AWS's words, by the service that it is of."""


def of_own_service(text: str) -> bool:
    """Whether the action that was refused is of no service of AWS's, and nobody of AWS is named: an application may word its rights so."""
    refused = [found["service"] for found in OWN_ACTION.finditer(text)] if "to perform" in text else []
    return bool(refused) and "arn:aws" not in text and not any(map(is_prefix, refused))


def is_own_answer(text: str) -> bool:
    """Whether a bare code is the application's: its answer to a request of its own, said of its user, or made in its own code."""
    made = MADE.search(text)
    return (
        (ROUTE.search(text) is not None and status_403_at(text) is not None and "Access Denied" not in text)
        or ANSWER.search(text) is not None
        or _says_nothing_of_access(text)
        or any(own.search(text) for own in (OWN_USER, OWN_CLASS, OWN_ROLE))
        or (made is not None and "Access Denied" not in text and not holds_any(made["frame"], OF_SDK))
    )


def _says_nothing_of_access(text: str) -> bool:
    error = ERROR.search(text)
    of_error = MESSAGE.search(error["held"]) if error and not OF_RECORD.search(error["held"]) else None
    told = of_error or BEHIND.search(text)
    return told is not None and not holds_any(told["said"].lower(), OF_ACCESS)


def is_beside(text: str, address: re.Match[str]) -> bool:
    """Whether an address, with its path as the second group, is only a field beside a request of another path that the application refused."""
    own = ROUTE.search(text) if address[2] and not has_code(text) else None
    path = (own["asked"] or own["route"]) if own else ""
    before = text[max(0, address.start() - KEY) : address.start()]
    return bool(path) and path not in address[0] and BESIDE.search(before) is not None
