"""The candidates, from the pieces of evidence in what was gathered. Pure.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from dataclasses import replace

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.iam.reference import takes_resource
from why403.services.register import listed_for
from why403.targets.candidate import Candidate, Found
from why403.targets.evidence import in_cloudtrail, in_events, in_policies, in_workload, of_listing, with_key
from why403.targets.find import Gathered, called_service
from why403.targets.texts import in_line
from why403.workloads.workload import Workload

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
