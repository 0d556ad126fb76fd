"""The candidates, from the pieces of evidence in what was gathered. Pure.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html

What speaks for a resource being the one that a denied call was for, each piece with its weight.

A value of an environment never leaves: only the name of the variable is told, and the resource's own name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.iam.principal import parse_principal
from why403.iam.reference import takes_resource
from why403.message import Message
from why403.services.declaration import Resource
from why403.services.names import arn_of_name
from why403.services.register import listed_for, resource_name
from why403.targets.candidate import Candidate, Found
from why403.targets.find import Gathered, Held, called_service
from why403.targets.stage import words
from why403.targets.texts import SHORTEST_NAME, Names, arns_in, in_line, is_own_name
from why403.targets.trail import Recorded
from why403.workloads.workload import Workload

TRAIL, VARIABLE, EVENT, POLICY, COMMAND, KEY = 0.9, 0.85, 0.8, 0.7, 0.7, 0.7
"""Chances that it is meant: AWS's record above configuration, that above what merely stands near. Combined in ranking.py."""
HINTED_NAME, VARIABLE_NAME, EVENT_NAME, COMMON_NAME = 0.8, 0.6, 0.45, 0.2
"""A name says less than an ARN: the more so the less its place speaks of the kind, and the more it is a word."""
ONLY_ONE, ALIKE = 0.3, 0.25
"""Never enough by themselves to stand out (targets/scene.py), but a tie is broken by them."""
PREFIX_VARIABLES = ("PREFIX", "BASE_URL", "BASEURL", "ENDPOINT", "HOST")


def in_events(
    kind: Resource, listed: tuple[str, ...], events: tuple[tuple[int, str], ...], place: Place
) -> Iterable[Found]:
    """Resources that neighbouring events of the stream name, the nearest event first."""
    names = Names(listed)
    for distance, text in events:
        message = Message("targets.in-event", {"seconds": f"{distance / 1000:.1f}"})
        for arn in _whole(kind, text, place):
            yield Found(arn, message, EVENT)
        for arn, name in names.among(text):
            yield Found(arn, message, EVENT_NAME if is_own_name(name) else COMMON_NAME)


def in_workload(kind: Resource, listed: tuple[str, ...], workload: Workload, place: Place) -> Iterable[Found]:
    """Resources that the environment or the command names."""
    names = Names(listed)
    for variable, value in workload.environment.items():
        message = Message("targets.in-environment", {"variable": variable})
        whole = _whole(kind, value, place)
        yield from (Found(arn, message, VARIABLE) for arn in whole)
        hinted = any(hint in variable.upper() for hint in kind.hints)
        if whole or "://" in value:
            continue
        known = names.called(value)
        yield from (Found(arn, message, HINTED_NAME if hinted else VARIABLE_NAME) for arn in known)
        if not known and hinted and _is_name(variable, value):
            made = arn_of_name(kind, value, place)
            prefixed = _with_prefix(kind, workload.environment, value, place)
            yield from (Found(arn, message, VARIABLE_NAME) for arn in (prefixed or made,) if arn)
    text = " ".join(workload.command)
    message = Message("targets.in-command")
    yield from (Found(arn, message, COMMAND) for arn in _whole(kind, text, place))
    yield from (Found(arn, message, VARIABLE_NAME) for arn, name in names.among(text) if is_own_name(name))


def in_policies(held: Mapping[str, Held], callers: frozenset[str]) -> Iterable[Found]:
    """Resources whose policy names the caller's role or user."""
    forms = {form: name for arn in callers for form, name in _forms(arn)}
    for arn, own in held.items():
        name = next((name for form, name in forms.items() if form in own.policy), "")
        if name:
            yield Found(arn, Message("targets.policy-names-caller", {"caller": name}), POLICY)


def with_key(held: Mapping[str, Held], key: str) -> Iterable[Found]:
    """Resources that are encrypted with this key, as far as they name it by its ARN or id."""
    for arn, own in held.items():
        if own.key and key.rpartition("/")[2] == own.key.rpartition("/")[2]:
            yield Found(arn, Message("targets.uses-key", {"key": key}), KEY)


def in_cloudtrail(
    kind: Resource,
    listed: tuple[str, ...],
    calls: tuple[Recorded, ...],
    callers: frozenset[str],
    place: Place,
) -> Iterable[Found]:
    """Resources of denied calls of this operation by this caller."""
    wanted = {name for arn in callers for _, name in _forms(arn)}
    names = Names(listed)
    for call in calls:
        caller = parse_principal(call.caller)
        if wanted and caller.name not in wanted:
            continue
        message = Message("targets.in-cloudtrail", {"when": call.when})
        for text in call.texts:
            yield from (
                Found(arn, message, TRAIL) for arn in (*_whole(kind, text, place), *names.called(text))
            )


def of_listing(listed: tuple[str, ...], workload: Workload, *, complete: bool) -> Iterable[Found]:
    """The only one of its kind, and those whose names are like the workload's or the log group's: weak evidence."""
    if complete and len(listed) == 1:
        yield Found(listed[0], Message("targets.only-one"), ONLY_ONE)
    own = set(words(workload.name)) | set(words(workload.service)) | set(words(workload.container))
    for arn in listed if own else ():
        name = set(words(resource_name(arn)))
        if name and len(own & name) * 2 >= len(name):
            yield Found(arn, Message("targets.name-alike", {"workload": workload.name}), ALIKE)


def _whole(kind: Resource, text: str, place: Place) -> tuple[str, ...]:
    """Resources that a text names wholly: by ARN or URL."""
    found = arns_in(text, kind.service)
    spotted = kind.spotted(text, place) if kind.spotted is not None else ()
    return tuple(dict.fromkeys((*found, *spotted)))


def _with_prefix(kind: Resource, environment: Mapping[str, str], name: str, place: Place) -> str | None:
    """Frameworks keep a queue's URL in two variables: SQS_PREFIX and SQS_QUEUE."""
    for variable, value in environment.items():
        upper = variable.upper()
        if "://" in value and any(word in upper for word in PREFIX_VARIABLES):
            found = kind.spotted(f"{value.rstrip('/')}/{name}", place) if kind.spotted is not None else ()
            for arn in found:
                if resource_name(arn) == name:
                    return arn
    return None


def _is_name(variable: str, value: str) -> bool:
    """A name, not a switch, a number or the connection's kind."""
    upper = variable.upper()
    if any(
        word in upper for word in ("CONNECTION", "DRIVER", "REGION", "ENABLED", "SECRET_ACCESS", "ACCESS_KEY")
    ):
        return False
    return len(value) >= SHORTEST_NAME and bool(re.search(r"[-_.]|\d", value)) and not value.isdecimal()


def _forms(arn: str) -> Iterable[tuple[str, str]]:
    """How a policy may name this caller: the ARN of the role or user, and of the role's sessions."""
    principal = parse_principal(arn)
    if not principal.name:
        return
    yield f'{arn}"', principal.name
    role = f":{principal.account}:role/"
    sessions = f":{principal.account}:assumed-role/"
    yield f'{role}{principal.name}"', principal.name
    yield f"{sessions}{principal.name}/", principal.name


MOST_CANDIDATES = 10
"""What the JSON and the page list; a message names three."""
LEAST_SCORE = 0.1
"""Below the weakest evidence of one kind alone (0.2): nothing is listed that nothing speaks for."""
_OF_BUCKETS = frozenset({"GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"})
_BESIDE_OBJECT = frozenset({"AbortMultipartUpload", "ListMultipartUploadParts", "BypassGovernanceRetention"})


def rank_targets(
    gathered: Gathered, denial: Denial, workload: Workload, place: Place, *, key: str = ""
) -> tuple[Candidate, ...]:
    """The candidates, likeliest first, each with its evidence; the line's own resource alone where it names one.

    `key` is the ARN of the key that the call was for, where the line names that instead.
    """
    if denial.action is not None and takes_resource(denial.action) is False:
        return ()
    kind = listed_for(called_service(denial), denial.action or "")
    there = replace(place, region=denial.region or place.region)
    said = in_line(denial, kind, gathered.listed, there)
    if said or kind is None:
        return ranked(said, denial)
    own = [arn for arn in gathered.listed if arn.split(":")[2] == kind.service]
    gathered = replace(
        gathered, listed=tuple(own)
    )  # a key's denial lists what the service's own call was for
    callers = frozenset(
        name
        for name in (workload.caller_arn, workload.task_role_arn, workload.role_arn, denial.principal)
        if name
    )
    return ranked(
        (
            *in_events(kind, gathered.listed, gathered.neighbours, there),
            *in_workload(kind, gathered.listed, workload, there),
            *in_policies(gathered.held, callers),
            *with_key(gathered.held, key),
            *in_cloudtrail(kind, gathered.listed, gathered.recorded, callers, there),
            *of_listing(gathered.listed, workload, complete=gathered.complete),
        ),
        denial,
    )


def ranked(found: tuple[Found, ...], denial: Denial) -> tuple[Candidate, ...]:
    """Independent pieces of evidence add up as chances do: none makes certain, several come near it."""
    pieces: dict[str, list[Found]] = {}
    for piece in found:
        pieces.setdefault(_as_object(piece.arn, denial.action or ""), []).append(piece)
    candidates = []
    for arn, own in pieces.items():
        doubt = 1.0
        best = {piece.message.id: piece for piece in sorted(own, key=lambda piece: piece.weight)}
        for piece in best.values():
            doubt *= 1.0 - piece.weight
        told = sorted(best.values(), key=lambda piece: -piece.weight)
        candidates.append(Candidate(arn, tuple(piece.message for piece in told), round(1.0 - doubt, 3)))
    likely = [candidate for candidate in candidates if candidate.score >= LEAST_SCORE]
    return tuple(sorted(likely, key=lambda candidate: (-candidate.score, candidate.arn))[:MOST_CANDIDATES])


def _acts_on_objects(action: str) -> bool:
    """Whether this action of S3 is done to an object."""
    service, _, name = action.partition(":")
    return service == "s3" and ("Object" in name or name in _BESIDE_OBJECT) and name not in _OF_BUCKETS


def _as_object(arn: str, action: str) -> str:
    """The ARN that a call of `action` has: `bucket/*` where only the bucket is known, the bucket of a bucket's."""
    if ":s3:::" not in arn:
        return arn
    bucket, slash, _ = arn.partition("/")
    if _acts_on_objects(action):
        return arn if slash else f"{bucket}/*"
    return bucket
