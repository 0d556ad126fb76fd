"""Denials without AWS's full sentence: from the failed call, the endpoint, a path, or a service's own words."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.denials.deeds import action_in_words, operation_in_words
from why403.denials.denial import Denial, Verdict
from why403.denials.endpoints import URL, Endpoint, read_fields, read_image, read_url
from why403.denials.http_requests import action_of_request, sent_to
from why403.denials.layers import deny_kind
from why403.denials.masked import is_masked
from why403.denials.s3_paths import find_paths, named_in_words
from why403.denials.shared_operation import service_of
from why403.denials.signs import CODES_OF_ANOTHER, CODES_OF_ONE, DENIAL_CODES
from why403.denials.stated import service_refused
from why403.iam.arn import parse_arn
from why403.iam.reference import actions_of, prefix_of, resource_patterns

QUEUE = re.compile(r"[Aa]ccess to the resource (?P<url>https?://\S{1,300}?) is denied")
"""SQS's own sentence, which names the queue by URL; 300 letters hold a host, an account and a name of 80."""
IMAGE = re.compile(
    r"\b\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]{5,30}\.amazonaws\.com(?:\.cn)?(?![\w.-])(?:/[a-z0-9][\w./:@-]{0,300})?"
)
"""An image reference has no scheme: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name:tag`; Helm names the host alone."""
API_PATH = re.compile(r"(?<![\w.-])/v2/[^\s\"'`,;]{3,300}")
"""A registry's path, which podman and skopeo write apart from its host: `layer upload to /v2/web/blobs/uploads/ in <host>`."""
HELM = "failed with status code [manifests "
"""Helm's words on a chart that a registry does not give: of the address it names the host alone."""
CIPHERTEXT = "ciphertext refers to a customer master key"
API_ONLY = re.compile(r"because no [\w -]{3,40}? allows the (?P<action>[a-z0-9-]{2,40}:\w{2,80}) action")
"""Services that leave the resource out still name the action in their reason."""
ARN = re.compile(r"arn:[\w-]+:(?P<service>[a-z0-9-]+):[^\s\"'`,;)<>\]{}]{3,600}")
"""At least three characters behind the service, so that a cut `arn:aws:s3:` names nothing; ends where a sentence's marks do."""
OF_PLACE = re.compile(
    r"(?:task|cluster|service|container_?instance|application|log_?group|instance)_?arn[\"']?\s?[:=]\s?[\"']?$",
    re.IGNORECASE,
)
"""Up to an ARN: the field of what wrote the line, as agents and Managed Flink add it, which tells no service that refused."""
NEAR = 40
"""Characters in which that stands."""
BRAND = re.compile(
    r"(?<![\w/.])(?<!\w-)((?i:sqs|sns|kms|ecr|ssm|dynamodb|kinesis|firehose|secrets ?manager|eventbridge|bedrock)"
    r"|Parameter Store|CloudWatch (?:Logs )?log (?:group|stream))\b(?![\w/.-])"
    r"|(?<![\w/.-])([a-z][a-z0-9-]{1,30})\.amazonaws\.com\b|\bAmazon([A-Z]\w{1,30}?)Exception\b|\bAWS service: Amazon([A-Z]\w{1,30})\b"
)
"""A service by its name or its principal's, where nothing else tells it and no other is named; not those that call others."""
OPERATION = re.compile(
    r"(?:(?<![\w./$:-])|(?<= :))[A-Z][a-z0-9]{1,20}(?:[A-Z][a-z0-9]{1,20}){1,7}(?![\w(./-])"
)
"""Two words in one that stand alone, or as Clojure's keyword: no class's, path's or method's."""
TYPE = re.compile(r"(?:Input|Request)$")
"""What SDKs call an operation's parameters by: `DescribeInstancesInput failed`."""
CALLER = re.compile(
    r"[Uu]ser:? [`'\"]?(arn:[\w-]{1,20}:(?:iam|sts)::[^\s\"'`,;]{5,600})[`'\"]? "
    r"is(?: not authorized|(?: n(?:ot?)?(?: a\w{0,9})?)?(?: \(truncated\b|(?:\.\.\.|…)?(?=[\"'}\]]|$)))"
)
"""Behind the name stands a word: ECS and PHP cut reasons, and a name that the end cuts is another's."""
OF_STATE_MACHINE = re.compile(
    r"['\"`](arn:[\w-]{1,20}:iam::\d{12}:role/[\w+=,.@/-]{1,576})['\"`] is not authorized to create managed-rule"
)
"""Step Functions' words: a quoted ARN of a role, as long as IAM lets its path and name be."""
NOT_S3 = ("AWS permissions", "(Service: ", "AccessDeniedException")
"""The same words of others, who name themselves, or have a code that S3 has not."""
S3_ANSWERED = ("host id: ", "HostID: ", "HostId", "S3 Extended Request ID")
"""What no other service's answer has: an id of S3's host, which an address beside it takes nothing from."""
S3 = (*S3_ANSWERED, "s3://", "AmazonS3", "<HostId>", "S3", " s3 ", ".s3.", "bucket")
BUCKET_ACTIONS = {
    "s3:ListBucket",
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
}
PRODUCERS = {
    "SendMessage", "SendMessageBatch", "Publish", "PublishBatch", "PutObject", "CreateMultipartUpload", "PutRecord",
    "PutRecords",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The call that was refused: an IAM prefix, the API operation, the actions that it needs; empty where unknown."""

    service: str
    operation: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the line's wrappers and endpoints tell together."""

    service: str
    operation: str
    action: str
    actions: tuple[str, ...]
    resource: str
    name: str
    principal: str
    region: str
    account: str


def merge(text: str, calls: Sequence[FailedCall]) -> Facts:
    """The first failed call, completed from the others, the endpoint and the paths of the line."""
    endpoint = _endpoint(text) or read_fields(text)
    if endpoint and endpoint.service != "s3" and holds_any(text, S3_ANSWERED):
        endpoint = None
    refused = [call for call in calls if call.code in DENIAL_CODES or call.status == "403"] or list(calls)
    whole = (call.service for call in refused if call.service and call.operation and call.code)
    of = next(whole, "") or next((call.service for call in refused if call.service), "")
    of = of or next((CODES_OF_ONE[call.code] for call in refused if call.code in CODES_OF_ONE), "")
    operation = next((call.operation for call in refused if call.operation), "") or next(
        (call.operation for call in calls if call.operation and call.service in {"", of or call.service}), ""
    )  # another service's operation is another request's
    action = next((call.action for call in calls if call.action), "")
    service = of or _service(text, calls, operation, action, endpoint)
    if not service and not operation:
        service, operation = operation_in_words(text)
    if endpoint and endpoint.service != service:
        endpoint = None  # another request's: its Region, account and name are not this one's
    operation = operation or ("" if action else _operation_alone(text, service))
    if CIPHERTEXT in text and not (service == "kms" and operation):
        keys = ("kms:Decrypt", "kms:GenerateDataKey") if operation in PRODUCERS else ("kms:Decrypt",)
        of_key = Endpoint(service="kms", region=endpoint.region if endpoint else "")
        return _facts(Asked("kms", operation, keys), text, calls, of_key)
    behind = next((CODES_OF_ANOTHER[call.code] for call in refused if call.code in CODES_OF_ANOTHER), None)
    if behind is not None and not action:
        of_words = action_in_words(text, behind) if behind else ""
        return _facts(Asked(behind, operation, (of_words,) if of_words else ()), text, calls, None)
    told = API_ONLY.search(text)
    needed: tuple[str, ...] = (told["action"],) if told else (action,) if action else ()
    if not needed and operation:
        needed = actions_of(service, operation)
    if not needed and endpoint and endpoint.service == service and (asked_for := _of_request(text, endpoint)):
        needed = (asked_for,)
    if not needed and not operation and (in_words := action_in_words(text, service)):
        needed = (in_words,)
    asked = Asked(needed[0].partition(":")[0] if needed else service, operation, needed)
    return _facts(asked, text, calls, endpoint)


def _facts(asked: Asked, text: str, calls: Sequence[FailedCall], endpoint: Endpoint | None) -> Facts:
    action = asked.actions[0] if asked.actions else ""
    resource = _resource(text, asked.service, action, calls, endpoint)
    arn = parse_arn(resource)
    return Facts(
        service=asked.service,
        operation=_spelled(asked.operation, action),
        action=action,
        actions=asked.actions,
        resource=resource,
        name=next((call.name for call in calls if call.name), "") or (endpoint.name if endpoint else ""),
        principal=next((call.principal for call in calls if call.principal), "") or _caller(text),
        region=(arn.region if arn else "") or (endpoint.region if endpoint else ""),
        account=(arn.account if arn else "") or (endpoint.account if endpoint else ""),
    )


def _spelled(operation: str, action: str) -> str:
    """As the reference spells it, where the action has its name: of a method `describe_db_instances` no capitals are known."""
    name = action.partition(":")[2]
    return name if name.casefold() == operation.casefold() else operation


def _caller(text: str) -> str:
    found = CALLER.search(text) if ":" in text and "ser" in text else None
    if found is None and "managed-rule" in text:
        found = OF_STATE_MACHINE.search(text)
    return found[1] if found else ""


def _endpoint(text: str) -> Endpoint | None:
    """The first AWS endpoint of the text, a queue's URL before others."""
    queue = QUEUE.search(text) if "ccess to the resource http" in text else None
    if queue:
        return read_url(queue["url"])
    found = (
        read_url(match[0]) for match in URL.finditer(text) if "amazonaws" in match[0] or "api.aws" in match[0]
    )
    endpoint = next((endpoint for endpoint in found if endpoint), None)
    if endpoint is None and (sent := sent_to(text)):
        return sent
    image = IMAGE.search(text) if endpoint is None and ".dkr.ecr" in text else None
    if image is None:
        return endpoint
    path = API_PATH.search(text) if "/" not in image[0] else None
    return read_image(image[0].rstrip(":") + (path[0] if path else ""))


def _service(
    text: str, calls: Sequence[FailedCall], operation: str, action: str, endpoint: Endpoint | None
) -> str:
    alike = (call for call in calls if not operation or call.operation in {"", operation})
    told = next((call.service for call in alike if call.service), "") or action.partition(":")[0]
    if told:
        return told
    of_host = endpoint.service if endpoint else ""
    if operation:
        return of_host if actions_of(of_host, operation) else service_of(operation, text) or of_host
    if known := of_host or service_refused(text):
        return known
    if holds_any(text, S3) or ("Access Denied" in text and not holds_any(text, NOT_S3)):
        return "s3"
    named = {
        match["service"]
        for match in ARN.finditer(text)
        if not OF_PLACE.search(text, max(0, match.start() - NEAR), match.start())
    } - {"iam", "sts", "organizations"}
    if len(named) == 1:
        return named.pop()
    return _service_named(text)


def _service_named(text: str) -> str:
    """Where neither call nor host tells it: EC2's own words, or the one service that the line names."""
    if "Encoded authorization failure message" in text or "UnauthorizedOperation" in text:
        return "ec2"
    brands = {
        prefix
        for match in BRAND.finditer(text)
        if (prefix := prefix_of((match[1] or match[2] or match[3] or match[4]).replace(" Logs", "")))
    }
    return brands.pop() if len(brands) == 1 else ""


def _operation_alone(text: str, service: str) -> str:
    """The one operation of the service that the text names, with the service somewhere else in it."""
    named = {match[0] for match in OPERATION.finditer(text)} if service else set()
    known = {name for told in named if (name := TYPE.sub("", told)) and actions_of(service, name)}
    return known.pop() if len(known) == 1 else ""


def _of_request(text: str, endpoint: Endpoint) -> str:
    is_image = endpoint.service != "ecr" or endpoint.name or HELM in text  # a login asks for no image
    return action_of_request(text, endpoint) if is_image else ""


def _resource(
    text: str, service: str, action: str, calls: Sequence[FailedCall], endpoint: Endpoint | None
) -> str:
    told = next((call.resource for call in calls if call.resource), "") or (
        endpoint.resource if endpoint and endpoint.service == service else ""
    )
    if service == "s3":
        return _s3_resource(text, action, told)
    if told and told.split(":")[2:3] in ([service], ["iam"]):
        return told
    meant = {pattern.split(":")[2] for pattern in resource_patterns(action) or ()} or {service}
    return _only_arn(text, meant)


def _only_arn(text: str, services: Collection[str]) -> str:
    """The one ARN of these services that the text names; empty where it names none or several."""
    arns = {match[0].rstrip(".:") for match in ARN.finditer(text) if match["service"] in services}
    arns = {arn for arn in arns if not is_masked(arn)}
    return arns.pop() if len(arns) == 1 else ""


def _s3_resource(text: str, action: str, told: str) -> str:
    paths = find_paths(text)
    if not told and paths:
        bucket, thing = paths[-1] if action == "s3:PutObject" else paths[0]
        told = thing or bucket
    told = told or named_in_words(text) or _only_arn(text, ("s3",))
    of_bucket = action in BUCKET_ACTIONS or ("Bucket" in action and action != "s3:ListAllMyBuckets")
    return told.partition("/")[0] if of_bucket else told


def infer(text: str, calls: Sequence[FailedCall]) -> Denial:
    """The denial that the line reports without AWS's sentence."""
    facts = merge(text, calls)
    via = next((call.service for call in calls if call.service and call.service != facts.service), None)
    return Denial(
        verdict=Verdict.MISSING_PERMISSION,
        service=facts.service or None,
        operation=facts.operation or None,
        action=facts.action or None,
        actions=facts.actions,
        resource=facts.resource or None,
        resource_name=facts.name or None,
        principal=facts.principal or None,
        deny_kind=deny_kind(text),
        region=facts.region or None,
        account=facts.account or None,
        via_service=via,
    )
