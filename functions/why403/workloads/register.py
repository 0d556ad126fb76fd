"""Every kind of workload. A new one is its file, its line here, and its cases."""

from collections.abc import Callable, Mapping
from typing import Protocol

from why403.iam.place import Place
from why403.reads import Plan
from why403.workloads import (
    acting_service,
    apigateway,
    batch,
    codebuild,
    ec2,
    glue,
    lambda_function,
    sns,
    states,
)
from why403.workloads.ecs import index as ecs_index
from why403.workloads.ecs import search as ecs
from why403.workloads.eks import search as eks
from why403.workloads.index import Page
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import SearchResult, WorkloadKind, Writer


class KindOfWorkload(Protocol):
    """A module that knows one kind. `claims` says, from names alone, whether `find` is worth its calls."""

    def claims(self, origin: LogOrigin) -> bool:
        """Whether such a workload may have written the line."""

    def find(self, origin: LogOrigin, place: Place) -> Plan[SearchResult]:
        """Those that may have, each with how likely it is."""


KINDS: tuple[KindOfWorkload, ...] = (
    ecs,
    lambda_function,
    batch,
    codebuild,
    eks,
    ec2,
    states,
    apigateway,
    sns,
    glue,
    acting_service,
)
Verify = Callable[[tuple[Writer, ...], LogOrigin, Place], Plan[SearchResult]]
VERIFIED: Mapping[WorkloadKind, Verify] = {
    WorkloadKind.ECS: ecs_index.verify,
    WorkloadKind.LAMBDA: lambda_function.verify,
    WorkloadKind.BATCH: batch.verify,
    WorkloadKind.CODEBUILD: codebuild.verify,
    WorkloadKind.STATES: states.verify,
    WorkloadKind.API_GATEWAY: apigateway.verify,
}
"""The kinds of the index: how AWS is asked whether a writer that stands there writes to the group now."""
MODULES: Mapping[WorkloadKind, KindOfWorkload] = {
    WorkloadKind.ECS: ecs,
    WorkloadKind.LAMBDA: lambda_function,
    WorkloadKind.BATCH: batch,
    WorkloadKind.CODEBUILD: codebuild,
    WorkloadKind.STATES: states,
    WorkloadKind.API_GATEWAY: apigateway,
}
SURVEYS: tuple[tuple[str, WorkloadKind, Callable[[str, Place], Plan[Page]]], ...] = (
    ("ecs-services", WorkloadKind.ECS, ecs_index.survey_services),
    ("ecs-families", WorkloadKind.ECS, ecs_index.survey_families),
    ("lambda", WorkloadKind.LAMBDA, lambda_function.survey),
    ("batch", WorkloadKind.BATCH, batch.survey),
    ("codebuild", WorkloadKind.CODEBUILD, codebuild.survey),
    ("states", WorkloadKind.STATES, states.survey),
    ("apigateway", WorkloadKind.API_GATEWAY, apigateway.survey_rest),
    ("apigateway-http", WorkloadKind.API_GATEWAY, apigateway.survey_http),
)
"""The steps of a survey, in order: a name, the kind that it is of, and a slice of its lists by a cursor."""
