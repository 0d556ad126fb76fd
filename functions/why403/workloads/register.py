"""Every kind of workload. A new one is its file, its line here, and its cases."""

from typing import Protocol

from why403.iam.place import Place
from why403.reads import Plan
from why403.workloads import apigateway, batch, codebuild, ec2, lambda_function, sns, states
from why403.workloads.ecs import search as ecs
from why403.workloads.eks import search as eks
from why403.workloads.log_origin import LogOrigin
from why403.workloads.search_result import SearchResult


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
)
