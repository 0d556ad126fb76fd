"""A refusal in a service's own sentence, without a code: words of refusal, and with them a thing that is AWS's alone.

`The provided role does not have sufficient permissions to the KMS key`, `Access Denied trying to call AWS Backup service`:
thousands of such sentences stand in the services' logs, status reasons and events. Each names something of AWS's: an ARN, an S3
path, a service's principal, a service or an action that the reference knows, or IAM. One in the same sentence makes the
refusal AWS's; one in the sentence beside it does where the refusal is a role's or a permission's. Nobody's user is meant.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from why403.iam.reference import prefix_of, spell_action

END = re.compile(
    r"[.;!?](?:[\"')\]]{0,2}(?=\s|$)|(?=\s[\"'A-Z]))|[\"'](?:\s?[,}\]]|\s(?=[\w.]{1,40}=))|[\"']\s?: ?(?=[\"'\[{])|\n(?!(?:> ?)?[a-z])|[{}]"
)
"""Ends a sentence: a stop with a blank behind it, a line, or a field of a record; names hold stops as well."""
LONGEST = 1_500
"""Characters of a sentence that are looked at: an S3 key has 1,024."""
MOST = 60
"""Sentences that are looked at: a service's message has three or four, with a stack behind them."""
_RIGHTS = r"(?:permission|privilege|authori[sz]ation)s?\b(?! (?:tag|set|boundar|screen|model|matrix))"
REFUSED = re.compile(
    r"\baccess (?:is |was |has been )?(?:denied|forbidden|refused)\b(?! by (?:an? |the )?(?:polic|rule|guard|filter|authori))"
    r"(?! (?:related|errors?|exceptions?|pages?|messages?|handlers?)\b)|\bACCESS_DENIED\b|\baccessdenied(?:exception)? (?:when|while) \w{3,20}ing\b"
    r"|\baccess to [^.;]{1,120}? (?:is |was |has been )?denied\b|\bdenied (?:access|permission)\b|(?P<files>\bpermissions? (?:is |was )?denied)"
    r"|n[o']t (?:been )?(?:authori[sz]ed|permitted|allowed|entitled)\b|\bun-?authori[sz]ed\b"
    rf"|n[o']t been (?:granted|given)\b[^.;]{{0,60}}?{_RIGHTS}"
    r"|n[o']t [^.;]{3,80}? (?:you|it|they) (?:are|is) (?:allowed|permitted|authori[sz]ed) to\b"
    r"|\b(?:insufficient|incorrect) (?:[\w-]+ ){0,3}polic(?:y|ies)\b"
    rf"|n[o']t (?:currently )?(?:have|give|grant|provide|include|contain|hold|possess)\b[^.;]{{0,80}}?(?:{_RIGHTS}|\baccess\b)"
    r"|\bdo(?:es)?(?: not|n't) (?:allow|permit|let) "
    rf"|\b(?:lack(?:s|ing)?|missing|without|insufficient|inadequate|not (?:enough|sufficient)|invalid|no) (?:[\w:-]+ ){{0,4}}?{_RIGHTS}"
    rf"|\b(?:could ?n[o']t|cannot|can't|unable to|failed to) (?:validate|verify|confirm) (?:[\w:-]+ ){{0,3}}?{_RIGHTS}",
    re.IGNORECASE,
)
"""The words of it, in any case."""
NOT_REACHED = re.compile(
    r"\b(?:can(?:no|')t|could ?n[o']t|unable to|fail(?:ed|s)? to|not able to|was unable to) (?:be )?[a-z]{3,20}",
    re.IGNORECASE,
)
"""What may have another cause, and is a refusal where the service says so behind it."""
REMEDY = re.compile(
    rf"\b(?:make sure|ensure|verify|check|review|confirm|grant|provide|update)\b[^.;,]{{0,100}}?(?:\b{_RIGHTS}|\bpolic(?:y|ies)\b|\bauthori[sz]ed\b"
    r"|\bis allowed to\b|\bhas access\b|\btrust )",
    re.IGNORECASE,
)
"""The advice that a service gives beside what it could not do: the permissions of the role."""
ANSWERED = re.compile(
    r"(?<![\w/.-])(?<!\bGalaxy )(?:AWS|Amazon|S3|SQS|SNS|KMS|EC2|ECR|SSM|STS|DynamoDB|Kinesis|Firehose|CloudWatch|s3|sqs|dynamodb|kinesis)"
    r"\b(?![\w-])[^.;,\"'{}]{0,40}?"
    r"\b(?:failed|failure|error|returned|answered|responded|rejected|refused)\b[^.;,\"{}]{0,20}?(?:\b403\b|\b[Ff]orbidden\b|\bAccessDenied(?!\w*[=:] ?\d))"
)
"""A service by its name as what answered a request: a status is anybody's, and has to stand in one clause with it."""
HEAD = re.compile(
    r"[^.:]{0,100}\b(?i:\w*fail(?:ed|ure)(?: ?reason)?|\w*status ?reason|\w*state ?(?:change ?)?reason|error(?: has occurred)?)\b[^.]{0,60}?: (?![\"'`\u201c])"
)
"""How a report begins: a job's name and state, a reason's field, an error, and a colon, in some 160 characters."""
TAIL = re.compile(
    r"\b(?:[Uu]nderlying|[Oo]riginal) (?:error|cause|exception): ?\S|: (?:[Nn]ot [Aa]uthorized|[Aa]ccess [Dd]enied)[.)\"]{0,2}\s{0,9}$"
)
"""How one ends: with the error under it, or with the two words of it."""
OF_ROLE = re.compile(rf"\brole|\b{_RIGHTS}|\bpolic(?:y|ies)\b", re.IGNORECASE)
"""A refusal that speaks of a role or its rights speaks of what the sentence beside it names."""
SUPPOSED = re.compile(
    r"\b(?:(?:0|no|zero) \w{2,20} (?:failed|was|were|had)"
    r"|(?:role|user|caller|principal|request)s (?:with|that|who)|if|when(?:ever)?(?! \w{2,20}ing\b)"
    r"|unless|until|in case|whether|should|might|may|would|can be)\b|(?:^|[:\"'\]] ?)ensure\b",
    re.IGNORECASE,
)
"""Before a refusal it makes one of a case that may be, or a rule of what ought to be: `Ensure IAM policies do not allow ..`."""
SUBJECT = re.compile(
    r"(?:^|: |(?<!\b(?:of|in|on|by) )(?<!\b(?:for|the) )\b(?:[Tt]he|[Aa]n?) )(?!(?:does|have|has|did|are|was|were|may|can)\b)([a-z]{3,20})['\"]? "
    r"(?:(?:is|are|was|were|has|have|does|do|did|may|can) ?)?n?$"
)
"""Who may not: one word of small letters before the verb, where a clause begins or behind an article."""
OF_AWS = frozenset(
    {
        "role", "roles", "policy", "service", "function", "principal", "identity", "profile", "caller", "credentials", "cluster", "source",
        "pipeline", "job", "task", "instance", "connector", "rule", "bucket", "queue", "topic", "stream", "key", "requester", "session",
        "node", "broker", "connection", "trail", "workspace", "environment", "application", "integration", "destination",
    }
)  # fmt: skip
"""Of such words those that are AWS's; beside others a service's name alone may be the name of a room."""
STRONG = re.compile(
    r"\barn:aws|\bs3[an]?://|\.amazonaws\.com\b|\b[a-z0-9-]{2,40}:[A-Z][A-Za-z]{2,80}\b|\b[a-z]{1,8}-[0-9a-f]{8,17}\b"
)
"""What no room is called."""
YOU = re.compile(r"\b[Yy]ou (?:(?:are|were|do|did|have|does) ?)?n?$")
"""Before a refusal: whose thing stands behind it, as that of any application's."""
BRACKETS = re.compile(r"\([^()]{0,300}\)")
"""What is said besides."""
NAMED = re.compile(r"(?<!\w)'[^']{1,100} [^']{1,100}'(?!\w)|(?<!\w)\"[^\"]{1,100} [^\"]{1,100}\"(?!\w)")
"""A title or a name of several words, which may hold AWS's."""
SINCE = re.compile(
    r"[\"'] (?:->|=>) [\"']|\b(?:has|have) since\b|\bsince (?:been )?(?:fixed|granted|resolved)\b",
    re.IGNORECASE,
)
"""Behind a refusal it takes it back, or makes it a text that was changed."""
SOMEBODY = re.compile(
    r"(?<!IAM )(?<!Connect )\b(?:user|member|guest|visitor|customer|tenant|player|reader|author|client|account|device)s?:? ['\"]?"
    r"(?!arn:|is\b|was\b|are\b|do(?:es)?\b|has\b|have\b|role\b|pool\b|data\b)[\w.@+-]{1,80}['\"]? "
    r"(?:is|was|are|has|have|do(?:es)?|did|lacks?|may|can(?:not|'t)?|n[o']t|tried)\b"
    r"|\b(?:viewer|editor|reader|manager|operator|guest|anonymous|owner|author|administrator|moderator|visitor|employee)s? "
    r"(?:is|are|was|has|does|lacks?|can|may)\b"
    r"|\bfor (?:member|user|guest|tenant|customer)s? (?!arn:)\S",
    re.IGNORECASE,
)
"""Somebody's user by name: `user clara is not authorized`, whom an application refused."""
THING = re.compile(
    r"\barn:aws[a-z-]{0,10}:(?P<arn>[a-z0-9-]{2,40}):|\b(?P<path>s3)[an]?:///?[a-z0-9]"
    r"|(?<![\w/.-])(?![a-z0-9.-]{1,200}\.(?:cache|rds|docdb|neptune|redshift|dax|memorydb|mq|kafka|elb|compute(?:-1)?)\.[a-z0-9.-]{0,40}amazonaws)"
    r"[a-z][a-z0-9.-]{1,60}(?<!\.)\.amazonaws\.com\b"
    r"|\bIAM (?:[Rr]ole|[Uu]ser|[Pp]olic|[Pp]ermission|[Ii]dentity|[Pp]rincipal)|(?:\bthe|'s) IAM\b|\bAWS (?:service|API)s?\b|\bservice[- ]linked role\b"
    r"|\b(?:i|lt|vol|eni|subnet|sg|vpce?|ami|snap|fs|igw|rtb|eipalloc)-[0-9a-f]{6,17}\b"
    r"|\b(?:[Ee]xecution|[Tt]ask) [Rr]ole\b|\b[Rr]ole ARN\b|\b[Ii]nstance profile\b"
    r"|\b(?:[Rr]esource|[Bb]ucket|[Qq]ueue|[Tt]opic|[Kk]ey)(?:[- ]based)? [Pp]olicy\b"
    r"|(?<![\w/.\\-])(?P<brand>CloudWatch (?:Logs )?log (?:group|stream)|CloudWatch Logs|S3|SQS|SNS|KMS|EC2|ECR|ECS|EKS|SSM|STS|Kinesis|Firehose|Lambda"
    r"|Secrets Manager|Parameter Store|Bedrock|Athena|Glue|API Gateway|Route 53"
    r"|Step Functions|Lake Formation|Auto Scaling)\b(?![\w-]|\.\w)"
    r"|(?<![\w:/.-])(?P<action>[a-z0-9-]{2,40}:[A-Z][A-Za-z]{2,80})\b"
    r"|(?<![\w/.-])(?:AWS|Amazon) ?(?P<branded>[A-Z]\w{1,40}(?: [A-Z]\w{1,40}){0,3})"
    r"|(?<![\w/.:-])(?P<name>[A-Z][a-z]{2,20}(?:[A-Z][A-Za-z]{1,20}){1,3})(?![\w(./-])"
)
"""What only AWS has: a database, a broker, an instance and a load balancer answer for a customer, whatever their hosts are called.
Names of services of one ordinary word count behind AWS or Amazon alone, those in camels' case and actions where the reference has them.
"""
SMALL = re.compile(r"(?<![\w/.:'\"-])(?:s3|kinesis|dynamodb|sqs|secretsmanager)\b(?![\w-]|\.\w|:)")
"""Names of services in small letters, which tell only beside the refusal."""
NEAR = 40
"""Characters behind it in which those stand, and half of those before it."""


def stated_at(text: str) -> int | None:
    """Where the plain text first states a refusal of a thing of AWS's, which is where its words begin; None where it does not. Linear."""
    answered = ANSWERED.search(text)
    if answered:
        return answered.start()
    told = list(_sentences(text))
    pieces = [said for _, said in told]
    for at, (start, said) in enumerate(told):
        refused = REFUSED.search(said)
        words = refused or NOT_REACHED.search(said)
        end = start + len(said)
        if (
            words
            and text[end : end + 1] != "?"
            and (_refuses(pieces, at, words) if refused else _advises(pieces, at, words))
        ):
            return start + words.start()
    return None


def is_reported(text: str) -> bool:
    """Whether the plain text begins as a report of what failed, or ends as one, and states such a refusal."""
    return (HEAD.match(text) or TAIL.search(text)) is not None and stated_at(text) is not None


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for _, end in zip(range(MOST), END.finditer(text), strict=False):
        yield start, text[start : min(end.start(), start + LONGEST)]
        start = end.end()
    yield start, text[start : start + LONGEST]


def _advises(pieces: Sequence[str], at: int, missed: re.Match[str]) -> bool:
    told = " ".join(pieces[at : at + 2])
    return REMEDY.search(told, missed.end()) is not None and _has_thing(told)


def _refuses(pieces: Sequence[str], at: int, refused: re.Match[str]) -> bool:
    said = pieces[at]
    if (
        SUPPOSED.search(said, 0, refused.start())
        or SOMEBODY.search(said)
        or SINCE.search(said, refused.end())
    ):
        return False
    if refused["files"]:  # another's words as well: its thing stands behind
        return _has_thing(said[refused.start() :].partition(",")[0])
    if YOU.search(said, 0, refused.start()):
        return _has_thing(BRACKETS.sub("", said[refused.start() :]))
    subject = SUBJECT.search(said, 0, refused.start())
    if subject and refused[0][0] in "nuUlLN" and subject[1] not in OF_AWS and not STRONG.search(said):
        return False
    said = NAMED.sub(lambda name: name[0] if name.start() <= refused.start() < name.end() else "", said)
    near = said[max(0, refused.start() - 2 * NEAR) : refused.end() + NEAR]
    if _has_thing(said) or SMALL.search(near):
        return True
    beside = [pieces[place] for place in (at - 1, at + 1) if 0 <= place < len(pieces)]
    return OF_ROLE.search(said) is not None and any(map(_has_thing, beside))


@lru_cache(64)
def _has_thing(said: str) -> bool:
    return any(_is_of_aws(found) for found in THING.finditer(said))


ROOM = re.compile(
    r"\b(?:room|printer|share|ou|team|project|board|channel|plan|building|course|folder|site|floor|desk|host|tenant|class|page|dashboard"
    r"|door|issue|ticket|gate|repo|menu|seat|zone|lab) $",
    re.IGNORECASE,
)
"""A noun that is called so: `printer EC2`."""
LONGEST_ROOM = 16
"""Characters of the longest of them, with a blank on both sides."""


def _is_of_aws(found: re.Match[str]) -> bool:
    if found["brand"] and ROOM.search(found.string, max(0, found.start() - LONGEST_ROOM), found.start()):
        return False
    return _service(found) is not None or not any(found.groupdict().values())


def _service(found: re.Match[str]) -> str | None:
    """The IAM prefix of the service that a thing is of; None where it is none of one service, or no thing."""
    if found["action"]:
        action = spell_action(found["action"])
        return action.partition(":")[0] if action else None
    if found["branded"]:
        words = found["branded"].split()
        named = (prefix_of(" ".join(words[:end])) for end in range(len(words), 0, -1))
        return next(filter(None, named), None)
    if found["arn"]:
        return str(found["arn"])
    return prefix_of((found["path"] or found["brand"] or found["name"] or "").replace(" Logs log", " log"))


CALLS = frozenset({"iam", "sts", "lakeformation"})
"""Whose names stand for who asks, or for who keeps the rights to another's."""
GRANTED = re.compile(r"\b(?:for|grants?|allows?|permits?|gives?|lets?) (?:the )?$")
"""Before a name it makes it the one who was to get the right."""


LOGS = re.compile(r"\blog (?:group|stream)s?\b")
"""CloudWatch Logs' things, which have no other name."""
ANSWERS = re.compile(r" (?:(?:API|client|service) )?(?:returned|answered|responded|rejected|refused)\b")
"""Behind a name before the refusal it makes that the one who refused."""


def service_refused(text: str) -> str:
    """The IAM prefix of the one service whose thing stands behind a refusal in its sentence; empty where none does, or several do."""
    for _, said in _sentences(text):
        refused = REFUSED.search(said)
        if refused:
            things = THING.finditer(said, refused.start())
            meant = (found for found in things if not GRANTED.search(said[: found.start()][-20:]))
            named = {_service(found) for found in meant} - CALLS - {None}
            before = list(THING.finditer(said, 0, refused.start()))
            if not named and before and ANSWERS.match(said, before[-1].end()):
                named = {_service(before[-1])} - CALLS - {None}
            if not named and LOGS.search(said, refused.start()):
                named = {"logs"}
            if named:
                return str(named.pop()) if len(named) == 1 else ""
    return ""


TAKES = (" assum", " Assum", ":AssumeRole", "assume-role")
"""How what is said of a role that was not taken begins: no such sentence has none of them."""
ASSUMED = re.compile(r"\bassum(?:e|ed|ing)\b(?!(?<=d)-|/| (?:that|to be|complete)\b)|\bAssumeRole\b")
"""To take a role, in one word; of a thought it is followed by `that`."""
NOT_TAKEN = re.compile(
    r"\b(?:unable|not able|failed|error in|denied|neither|must allow|lacks?|without)\b|n[o']t\b|\bcannot\b|\bunauthori[sz]ed\b",
    re.IGNORECASE,
)
"""That it was not done; EventBridge Scheduler says what the role has to allow."""
ROLES = re.compile(r"\b[Rr]oles?\b|:role/|AssumeRole")
"""A role, by the word or an ARN."""
OF_TRUST = re.compile(
    r"\barn:aws[a-z-]{0,10}:iam:|\b[Tt]rust(?:ed|Policy)?\b|\b(?:assume role is|service role)\b|\baccount \d{12}\b"
    r"|\baws_[a-z]{2,30}_|\bstatus code: 4|when calling the \w{2,60} operation|\bAccessDenied"
)
"""What shows, besides a thing of AWS's, that the role is IAM's."""
NETWORK = ("no such host", "imeout", "imed out", "hrottl", "connection re", "onnection error")
"""Why nobody was asked at all."""


def role_not_taken(text: str) -> tuple[int, int] | None:
    """Where a sentence of the plain text says that a role of IAM's could not be assumed, as start and end; None where none does. Linear."""
    if any(word in text for word in NETWORK):
        return None
    told = list(_sentences(text))
    pieces = [said for _, said in told]
    for at, (start, said) in enumerate(told):
        assumed = ASSUMED.search(said)
        missed = NOT_TAKEN.search(said) if assumed and ROLES.search(said) else None
        if assumed and missed and not SUPPOSED.search(said, 0, missed.start()) and not SOMEBODY.search(said):
            around = " ".join(pieces[max(0, at - 1) : at + 2])
            if OF_TRUST.search(around) or _has_thing(around):
                return start + assumed.start(), start + assumed.end()
    return None
