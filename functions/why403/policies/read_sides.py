"""Read both sides of a call, and what lies between them, side by side.

The VPC endpoint that a workload's subnets route a service's calls through, and its policy: an inference.

Two rounds: the subnets and their route tables, then the endpoints of the VPC.
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.authorization_record import read_record
from why403.policies.caller import read_caller
from why403.policies.reading import AuthorizationRecord, CallerReading, EndpointReading, Remembered
from why403.policies.target import read_target, with_tags
from why403.reads import BlindSpot, DeclaredRead, Plan, Read, settled, together
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.register import NAMED
from why403.services.reply_collector import ReplyCollector
from why403.targets.scene import Scene
from why403.workloads.ecs.service import SUBNETS
from why403.workloads.workload import Workload

PAGES = 3
"""Of one VPC: a VPC has some ten endpoints and route tables, a page a hundred and more."""
MINUTES = 300
"""Five, in seconds: networks change seldom, and a storm's diagnoses ask the same."""
IN_USE = frozenset({"", "available", "pending"})
DESCRIBE_SUBNETS = SUBNETS.used_for("The VPC that the workload runs in.", cache_seconds=MINUTES)
DESCRIBE_ROUTES = DeclaredRead(
    "ec2",
    "DescribeRouteTables",
    "A gateway endpoint takes the calls of the subnets whose route tables name it.",
    cache_seconds=MINUTES,
)
DESCRIBE_ENDPOINTS = DeclaredRead(
    "ec2", "DescribeVpcEndpoints", "An endpoint's policy may deny what goes through it."
)
NAMES = {each.prefix: each.endpoints for each in NAMED if each.endpoints}
"""IAM prefix → what its endpoints are called, where that is not the prefix."""


def read_endpoint(action: str, workload: Workload, place: Place) -> Plan[EndpointReading]:
    """The endpoint that this action's calls take from the workload's subnets; empty where there is none.

    A workload outside a VPC, or one whose subnets are not known, has none that could be inferred.
    """
    if not workload.subnets and not workload.vpc:
        return EndpointReading()
    collector = ReplyCollector(workload.vpc or workload.subnets[0])
    region = "" if workload.region in {"", place.region} else workload.region
    vpc, tables = workload.vpc, frozenset[str]()
    if workload.subnets:
        subnets, routes = yield (
            DESCRIBE_SUBNETS.of(region=region, SubnetIds=list(workload.subnets)),
            _routes(region, "association.subnet-id", list(workload.subnets)),
        )
        found = collector.take(subnets).items("Subnets")
        vpc = vpc or next((str(item["VpcId"]) for item in found if item.get("VpcId")), "")
        tables = _ids(collector.take(routes, Layer.VPC_ENDPOINT).items("RouteTables"))
    if not vpc:
        return EndpointReading(unread=frozenset({Layer.VPC_ENDPOINT}), unreadable=tuple(collector.spots))
    endpoints, main = yield (
        DESCRIBE_ENDPOINTS.of(region=region, pages=PAGES, Filters=[{"Name": "vpc-id", "Values": [vpc]}]),
        _routes(region, "vpc-id", [vpc]),
    )
    listed = collector.take(endpoints, Layer.VPC_ENDPOINT).items("VpcEndpoints")
    tables = tables or _main(collector.take(main, Layer.VPC_ENDPOINT).items("RouteTables"))
    chosen = _chosen(listed, _names(action), tables)
    if chosen is None:
        return EndpointReading(vpc=vpc, unread=frozenset(collector.unread), unreadable=tuple(collector.spots))
    own = str(chosen.get("VpcEndpointId", ""))
    there = f"arn:{place.partition}:ec2:{region or place.region}:{workload.account or place.account}"
    policy = parsed("endpoint policy", chosen.get("PolicyDocument"), f"{there}:vpc-endpoint/{own}")
    return EndpointReading(
        id=own,
        vpc=vpc,
        policy=policy,
        unread=frozenset(collector.unread) | (frozenset() if policy else frozenset({Layer.VPC_ENDPOINT})),
        unreadable=tuple(collector.spots),
    )


def _routes(region: str, name: str, values: list[str]) -> Read:
    return DESCRIBE_ROUTES.of(region=region, pages=PAGES, Filters=[{"Name": name, "Values": values}])


def _ids(tables: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(str(table.get("RouteTableId", "")) for table in tables)


def _main(tables: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """A subnet without a route table of its own uses the VPC's main one."""
    return _ids(
        table
        for table in tables
        if any(association.get("Main") for association in table.get("Associations") or ())
    )


def _chosen(
    endpoints: Iterable[Mapping[str, Any]], names: frozenset[str], tables: frozenset[str]
) -> Mapping[str, Any] | None:
    """A gateway in the subnets' routes, else an interface whose private DNS takes over the service's name."""
    fitting = [item for item in endpoints if _takes(item, names)]
    for item in fitting:
        if item.get("VpcEndpointType") == "Gateway" and tables & set(item.get("RouteTableIds") or ()):
            return item
    for item in fitting:
        if item.get("VpcEndpointType") == "Interface" and item.get("PrivateDnsEnabled"):
            return item
    return None


def _takes(endpoint: Mapping[str, Any], names: frozenset[str]) -> bool:
    """`com.amazonaws.REGION.NAME`, in China `cn.com.amazonaws.REGION.NAME`; the name may hold a dot."""
    _, _, rest = str(endpoint.get("ServiceName", "")).partition("amazonaws.")
    name = rest.partition(".")[2]
    return name in names and str(endpoint.get("State", "")).lower() in IN_USE


def _names(action: str) -> frozenset[str]:
    prefix = action.partition(":")[0]
    return frozenset(NAMES.get(prefix, (prefix,)))


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
    scene: Scene, caller: str, action: str, resource: str, *, before: Remembered | None = None
) -> Plan[Sides]:
    """At most three rounds. `caller` is the principal's ARN or empty, `resource` an ARN or `*`.

    `before`: what is known of an earlier diagnosis. Tags take a round more then, where a policy asks for them.
    """
    place, authorization_id = scene.place, scene.denial.authorization_id
    endpoint_known = before is not None and Layer.VPC_ENDPOINT in before.settled
    caller_read, target, endpoint, record = yield from together(
        read_caller(caller, action, resource, place, before=before) if caller else settled(NO_ONE),
        read_target(resource, action, place, before) if resource != ANY else settled(None),
        settled(EndpointReading()) if endpoint_known else read_endpoint(action, scene.workload, place),
        read_record(authorization_id, place) if authorization_id else settled(None),
    )
    sides = Sides(caller=caller_read, target=target, endpoint=endpoint, record=record)
    if before is not None and target is not None and _asks_for_tags(sides):
        sides = replace(sides, target=(yield from with_tags(target, resource, place)))
    return sides


def _asks_for_tags(sides: Sides) -> bool:
    """Whether a policy that was read may have a condition on the target's tags."""
    caller, target = sides.caller, sides.target
    levels = (*(caller.scp or ()), *((target.rcp if target else None) or ()))
    policies = (
        *caller.identity,
        *(caller.boundary or ()),
        *(policy for level in levels for policy in level),
        *(each for each in (target and target.policy, sides.endpoint.policy) if each),
    )
    return any("resourcetag" in str(policy.document).lower() for policy in policies)
