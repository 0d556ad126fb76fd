"""What log drivers and agents write around a message: the workload's metadata, never evidence of what was denied.

A container's image, a pod's annotations or a task's ARN say where the line was written. Read as words of the
failure, an image in ECR turns any bare denial into one of pulling that image.
"""

import json
import re

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.plain import plain
from why403.denials.quoted import without_talk
from why403.denials.signs import has_code, has_refusal
from why403.denials.source import without_source
from why403.denials.wrappers.cloudtrail import only_refusals

METADATA = re.compile(
    r"[{,]\s{0,9}(?:\"key\"\s?:\s?)?\"(?:kubernetes|docker|k8s|container|orchestrator|cloud|agent|labels|annotations|pod_labels|ddtags"
    r"|tags(?=\"\s?:\s?\[\"[\w.-]{1,60}:)|ecs_[a-z_]{2,40}|com\.amazonaws\.ecs\.[a-z-]{1,40}|ec2_instance_id"
    r"|container_(?:id|name|image|image_id|hash)|image_(?:id|name|tag|uri)|pod_name|namespace_name"
    r"|(?:http_?)?(?:user_?[aA]gent|referr?er)|user(?:_?[nN]ame)?"
    r"|function_(?:arn|name|memory_size|request_id)|xray_trace_id|invoked_?[fF]unction_?[aA]rn|aws_?[rR]equest_?[iI]d"
    r"|log_?[gG]roup(?:_?[aA]rn)?|log_?[sS]tream|awslogs|(?:cloud|faas|k8s|host|container|aws\.(?:ecs|eks|log|lambda))\.[\w.]{1,60})"
    r"\"\s{0,9}(?::|,\s?\"value\"\s?:)\s{0,9}"
)
"""The fields of FireLens, fluent-bit, Container Insights, Docker, Datadog, Elastic, OpenTelemetry (also as its protocol's JSON) and Powertools
for Lambda, and what visitors call themselves; a key inside the message has its quotes escaped."""
WITHIN = re.compile(
    r"(?<![^\W_])[\"']?(?i:(?P<request>(?:http_?)?request|req)|kubernetes|docker|k8s|ecs|attrs|label|(?:pod_)?(?:annotations|labels))[\"']?"
    r"(?:,\s?[\"']value[\"'])?\s?[:=][\s\"']{0,2}(?=\{)"
)
"""The same in plain text, where one agent's record is another's message, or the form is logfmt's, OTLP's or Python's: objects, which end with their
brace. And the request that the application itself got: what a visitor sent names nothing that was refused."""
SENT = re.compile(
    r"[\"'](?:[A-Z][A-Za-z]{1,30}(?:Arn|ARN|Url|Id|Name)|Bucket|Key)[\"']\s?:"
    r"|(?i:\b(?:operation|service|bucket|queue|topic|table)(?:_?name)?[\"']?\s?[:=])"
    r"|^\{(?![^{}]{0,4000}arn:)[^{}]{0,4000}\bur[il][\"']?\s?[:=]\s?[\"']?https?://"
)
"""A request that the application made: AWS's parameters, an operation, or a whole address, and no ARN that whoever asked sent along."""
BRACE = re.compile(r"[{}]")
"""Where an object begins or ends; one within a text is its own pair, as a rule."""
OBJECT = re.compile(r"(?<=[:=])[\s\"']{0,2}\{[^{}]{1,4000}(?:\{[^{}]{0,2000}\}[^{}]{0,2000})?\}")
"""An object of its own in a record, the innermost, or one that holds such a one; a request's fields have some hundred characters."""
OTHERWISE = re.compile(
    r"[\"'](?:error|err|code|error_?[cC]ode|exception)[\"']\s?:\s?[\"'](?:[\w.]{1,80}[.#])?(?:NoSuch\w{1,20}|\w{0,40}NotFound|Throttl\w{1,20}|SlowDown"
    r"|\w{0,30}Timed?[oO]ut|ConditionalCheckFailed|Validation(?:Error|Exception)|RequestLimitExceeded)(?:Exception|Error)?\b"
    r"|[\"'](?:http\.)?(?:response\.)?status(?:_?[cC]ode)?[\"']\s?:\s?[\"']?(?:2\d\d|404|409|429)\b"
)
"""How a request ended that nobody refused: AWS's other codes, and statuses."""
DATA = tuple(
    (marker, re.compile(rf"[{{,]\s{{0,9}}\"(?:{names})\"\s{{0,9}}:\s{{0,9}}"))
    for marker, names in (
        ('"execution_arn"', "input|output|parameters"),
        (":pipes:", "payload|awsRequest"),
        (":event-bus/", "event_detail|input"),
        ('"fieldInError"', "arguments|transformedTemplate"),
        ('"requestPayload"', "requestPayload"),
        ('"ModelInvocationLog"', "input|output|requestMetadata"),
        ('"modelInvocationInput"', "modelInvocationInput"),
    )
)
"""What a service's record holds besides, and its fields for what passed through the service: Step Functions, EventBridge's pipes and
buses, AppSync, Lambda's destinations, Bedrock. Whoever made that asked, and was refused nothing."""
ASKED = re.compile(
    r"(?:\([0-9a-f-]{36}\) (?:Method|Endpoint) request (?:body|headers|query|path)|[0-9a-f-]{36} GraphQL Query: )"
    r"|\[Container\] [\d/]{10} [\d:.]{8,15} Running command "
)
"""API Gateway's and AppSync's lines, behind a request's id, of what somebody sent; CodeBuild's of the command that it starts."""
MOST = 40
"""Fields of a line that are looked at; no agent writes more."""
IMAGE = re.compile(
    r"(?<!http://)(?<!https://)(?<![\w.-])[\w<>*-]{1,20}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]{5,30}\.amazonaws\.com(?:\.cn)?(?:[:/][\w./:@-]{0,300})?"
)
"""An address of an image; behind http it is a request to the registry."""
PULLS = (
    "cannotpull", "pull access denied", "failed to resolve ref", "failed to pull", "error pulling image", "errimagepull", "imagepullbackoff",
    "pulling from host", "pull image", "pull the image", "pulling the image", "docker pull",
    "podman pull", "crictl pull", "docker push", "failed to push", "error pushing", "push permission",
    "denied: your authorization token", "head request to https://", "ecr uri", "may require authorization", "may require 'docker login'",
    "repository does not exist", "layer upload", "writing blob", "reading blob", "writing manifest", "reading manifest",
)  # fmt: skip
"""Lower case: ECS, kubelet, containerd, Docker, podman, skopeo, kaniko and SageMaker on an image that they may not fetch or write."""
OF_ECR = re.compile(r"\bECR\b|\becr:[A-Z]|\bdocker://[\w<>*$-]{1,20}\.dkr\.ecr")
"""The registry's API itself, by its name or an action; behind `docker://` skopeo and podman name what they copy or look at."""

OWN_REQUEST = re.compile(
    r"\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[^\"]{0,2000}\" (?P<status>\d{3}) (?:\d{1,12}|-)(?= |$)"
    r"(?: (?:\"[^\"]{0,2000}\"|-|\d{1,12}|[\w-]{1,60}[_\[][\w\[\]-]{1,60})(?= |$)){0,12}"
)
"""A request to the application itself in its access log, with referrer and agent: what a visitor calls himself is no sign of AWS."""
ANSWERED = r'"" \g<status> 0 '
"""What is left of it: the status."""

STATEMENT = re.compile(r"(?<![A-Za-z_])STATEMENT:  [^\n]*(?:\n\t[^\n]*)*")
"""PostgreSQL's own line of what it was asked, after an error: a client's words, over lines that begin with a tab."""
LOGGED = re.compile(
    r"(?:\d{4}-\d{2}-\d{2} [\d:.]{8,15} [A-Z]{3,5}\b[^\n\"'=]{0,120}\]:? ?)?"
    r"(?:DETAIL:  (?i:parameters): |LOG:  (?:duration: [\d.]{1,15} ms  )?(?:statement|(?:parse|bind|execute) \S{1,80}): )"
)
"""PostgreSQL's lines where it logs every statement, with its own head:
https://www.postgresql.org/docs/current/runtime-config-logging.html."""
DECODER = json.JSONDecoder()


def own_words(message: str) -> str:
    """The message as plain text, without talk, source, metadata, images and visitors: what the line itself reports."""
    told = without_source(without_talk(without_data(without_surroundings(only_refusals(message)))))
    if "STATEMENT:  " in told:
        told = STATEMENT.sub("", told)
    return without_visitors(without_images(without_metadata_within(plain(told))))


def without_surroundings(message: str) -> str:
    """The message without the metadata that stands in fields of their own beside it."""
    return _without(METADATA, message) if '"' in message else message


def without_metadata_within(text: str) -> str:
    """The plain text without such objects of a record within it, where they tell of no refusal."""
    if "{" not in text:
        return text
    pieces, end, at = [], 0, 0
    for _ in range(MOST):
        field = WITHIN.search(text, at)
        after = _end_of_object(text, field.end()) if field else None
        if field is None or after is None:
            break
        held = text[field.end() : after]
        is_sent = field["request"] is not None and SENT.search(held) is not None
        if not is_sent and not has_code(held) and not has_refusal(held):
            pieces.append(text[end : field.start()])
            end = after
        at = after
    return "".join([*pieces, text[end:]])


def _end_of_object(message: str, start: int) -> int | None:
    """Behind the brace that closes the one at `start`; None where none does."""
    depth = 0
    for brace in BRACE.finditer(message, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return None


def without_other_requests(text: str, calls: tuple[FailedCall, ...]) -> tuple[str, tuple[FailedCall, ...]]:
    """The plain text, blank where an object tells of a request that ended otherwise, and the calls that stand elsewhere."""
    if "{" not in text:
        return text, calls
    told = OBJECT.sub(_blank_otherwise, text)
    if told == text:
        return text, calls
    return told, tuple(call for call in calls if not told[call.start : call.end].isspace())


def _blank_otherwise(found: re.Match[str]) -> str:
    held = found[0]
    is_other = OTHERWISE.search(held) is not None and not has_code(held) and not has_refusal(held)
    return " " * len(held) if is_other else held


def without_data(message: str) -> str:
    """A service's record without the data that passed through the service; nothing where it tells of that alone."""
    if ASKED.match(message) or LOGGED.match(message):
        return ""
    for marker, fields in DATA:
        if marker in message:
            message = _without(fields, message)
    return message


def _without(fields: re.Pattern[str], message: str) -> str:
    pieces, end = [], 0
    for _ in range(MOST):
        field = fields.search(message, end)
        if field is None:
            break
        try:
            held, after = DECODER.raw_decode(message, field.end())
        except (ValueError, RecursionError):
            break
        pieces.append(message[end : field.start() + 1])
        if isinstance(held, dict) and isinstance(
            held.get("reason"), str
        ):  # Batch: why a job's container failed
            pieces.append(json.dumps({"reason": held["reason"]}, ensure_ascii=False)[1:-1])
        end = after
    return "".join([*pieces, message[end:]])


def without_images(text: str) -> str:
    """The plain text without ECR's image addresses, where the failure is not about fetching or writing an image."""
    if ".dkr.ecr" not in text or holds_any(text.lower(), PULLS) or OF_ECR.search(text):
        return text
    return IMAGE.sub("", text)


def without_visitors(text: str) -> str:
    """The plain text without what visitors of the application say in its access log."""
    return OWN_REQUEST.sub(ANSWERED, text) if holds_any(text, ('" 403 ', " HTTP/1", " HTTP/2")) else text
