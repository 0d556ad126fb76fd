"""403s that no missing permission explains: what a playbook can be filled with, read where the account lets us."""

from collections.abc import Callable

from why403.denials.denial import Denial, Kind
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.other_403 import api_routes, cloudfront, public_bucket, waf
from why403.other_403.found import Other403
from why403.reads import Plan
from why403.workloads.workload import Workload

PlanOf = Callable[[Denial, LogEvent, Workload, Place], Plan[Other403]]
PLANS: dict[Kind, PlanOf] = {
    Kind.CLOUDFRONT_ORIGIN_ACCESS: cloudfront.read,
    Kind.CLOUDFRONT_ALTERNATE_NAME: cloudfront.read,
    Kind.CLOUDFRONT_GEO: cloudfront.read,
    Kind.CLOUDFRONT_SIGNED_URL: cloudfront.read,
    Kind.CLOUDFRONT_OTHER: cloudfront.read,
    Kind.WAF: waf.read,
    Kind.API_ROUTE_MISSING: api_routes.read,
    Kind.API_AUTHORIZER: api_routes.read,
    Kind.BLOCK_PUBLIC_ACCESS: public_bucket.read,
    Kind.ACL_DISABLED: public_bucket.read,
}


def read_other_403(denial: Denial, event: LogEvent, workload: Workload, place: Place) -> Plan[Other403]:
    """What there is to know of it, in three rounds at most; nothing for kinds that the line alone explains."""
    plan = PLANS.get(denial.kind)
    if plan is None:
        return Other403()
    return (yield from plan(denial, event, workload, place))
