"""Every kind of workload. A new one is its file, its line here, and its cases."""

from collections.abc import Callable
from dataclasses import dataclass

from why403.iam.place import Place
from why403.reads import DeclaredRead, Plan
from why403.workloads import apigateway, batch, codebuild, ec2, lambda_function, states
from why403.workloads.ecs import search as ecs
from why403.workloads.ecs.service import SERVICE_READS
from why403.workloads.eks import search as eks
from why403.workloads.log_origin import LogOrigin
from why403.workloads.search_result import SearchResult
from why403.workloads.static_keys import KEY_OWNER
from why403.workloads.workload import WorkloadKind


@dataclass(frozen=True, slots=True)
class KindOfWorkload:
    """`claims` says, from names alone, whether `find` is worth its calls."""

    kind: WorkloadKind
    claims: Callable[[LogOrigin], bool]
    find: Callable[[LogOrigin, Place], Plan[SearchResult]]
    reads: tuple[DeclaredRead, ...]


KINDS = (
    KindOfWorkload(WorkloadKind.ECS, ecs.claims, ecs.find, ecs.READS),
    KindOfWorkload(WorkloadKind.LAMBDA, lambda_function.claims, lambda_function.find, lambda_function.READS),
    KindOfWorkload(WorkloadKind.BATCH, batch.claims, batch.find, batch.READS),
    KindOfWorkload(WorkloadKind.CODEBUILD, codebuild.claims, codebuild.find, codebuild.READS),
    KindOfWorkload(WorkloadKind.EKS, eks.claims, eks.find, eks.READS),
    KindOfWorkload(WorkloadKind.EC2, ec2.claims, ec2.find, ec2.READS),
    KindOfWorkload(WorkloadKind.STATES, states.claims, states.find, states.READS),
    KindOfWorkload(WorkloadKind.API_GATEWAY, apigateway.claims, apigateway.find, apigateway.READS),
)
READS: tuple[DeclaredRead, ...] = tuple(
    dict.fromkeys((*(read for kind in KINDS for read in kind.reads), *SERVICE_READS, KEY_OWNER))
)
