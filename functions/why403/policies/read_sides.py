"""Read both sides of a call, and what lies between them, side by side."""

from dataclasses import dataclass

from why403.iam.layer import Layer
from why403.policies.authorization_record import read_record
from why403.policies.caller import read_caller
from why403.policies.endpoint import read_endpoint
from why403.policies.reading import AuthorizationRecord, CallerReading, EndpointReading
from why403.policies.target import read_target
from why403.reads import BlindSpot, Plan, settled, together
from why403.services.reading import TargetReading
from why403.targets.scene import Scene

NO_ONE = CallerReading(arn="", unread=frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SCP}))
ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Everything that was read of the policies on both sides of one call. `target` None: it takes no resource."""

    caller: CallerReading
    target: TargetReading | None
    endpoint: EndpointReading
    record: AuthorizationRecord | None = None

    @property
    def unreadable(self) -> tuple[BlindSpot, ...]:
        """What could not be read, the key's reads included."""
        target = self.target.unreadable if self.target else ()
        key = self.target.key.unreadable if self.target and self.target.key else ()
        return (*self.caller.unreadable, *target, *key, *self.endpoint.unreadable)


def read_sides(
    scene: Scene, caller: str, action: str, resource: str, *, with_owner: bool = True
) -> Plan[Sides]:
    """At most three rounds. `caller` is the principal's ARN or empty, `resource` an ARN or `*`.

    `with_owner`: the stack that owns the caller too, which only a draft needs.
    """
    place, authorization_id = scene.place, scene.denial.authorization_id
    caller_read, target, endpoint, record = yield from together(
        read_caller(caller, action, resource, place, with_owner=with_owner) if caller else settled(NO_ONE),
        read_target(resource, action, place) if resource != ANY else settled(None),
        read_endpoint(action, scene.workload, place),
        read_record(authorization_id, place) if authorization_id else settled(None),
    )
    return Sides(caller=caller_read, target=target, endpoint=endpoint, record=record)
