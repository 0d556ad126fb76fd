"""What can be known of a denial whose caller, operation or target is not: the caller's own policies, and its id."""

from dataclasses import dataclass, replace

from why403.iam.unique_id import unique_id_in
from why403.message import Message
from why403.policies.caller import read_caller
from why403.policies.reading import CallerReading
from why403.policies.spoken_of import spoken_of
from why403.reads import BlindSpot, Plan, together
from why403.targets.scene import Scene
from why403.workloads.ecs.service import describe_running

EVERYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was read though nothing can be judged. `caller` None: nobody knows who called."""

    scene: Scene
    caller: CallerReading | None = None
    findings: tuple[Message, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()


def read_known(scene: Scene) -> Plan[Known]:
    """At most three rounds: the caller's policies as far as they speak of the service. Nothing is simulated."""
    if not scene.caller:
        return Known(scene=scene, findings=of_unknown_id(scene))
    caller, running = yield from together(
        read_caller(scene.caller, "", EVERYTHING, scene.place), describe_running(scene.workload, scene.place)
    )
    return known_of(replace(scene, workload=running), caller)


def known_of(scene: Scene, caller: CallerReading) -> Known:
    """What was read of the caller; of a caller that the line's unique id contradicts, only that it does."""
    other = of_other_id(scene, caller)
    denial = scene.denial
    service = denial.action.partition(":")[0] if denial.action else denial.service or ""
    said = () if other or not service else spoken_of(caller, service, denial.action)
    return Known(
        scene=scene,
        caller=None if other else caller,
        findings=(*other, *caller.findings, *said),
        unreadable=caller.unreadable,
    )


def of_other_id(scene: Scene, caller: CallerReading) -> tuple[Message, ...]:
    """That the line names its caller by the unique id of somebody else than `caller`, who was found otherwise."""
    found = _id_of_caller(scene)
    if not found or not caller.unique_id or caller.unique_id == found:
        return ()
    values = {"id": found, "role": caller.arn, "own": caller.unique_id}
    return (Message("policies.caller-by-other-id", values),)


def of_unknown_id(scene: Scene) -> tuple[Message, ...]:
    """That the line names its caller by an id that nothing read here has."""
    found = _id_of_caller(scene)
    return (Message("policies.caller-by-id", {"id": found}),) if found else ()


def _id_of_caller(scene: Scene) -> str:
    """Empty where the line names the caller by an ARN."""
    return "" if scene.denial.principal else unique_id_in(scene.event.message)
