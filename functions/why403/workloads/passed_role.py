"""A refusal on behalf of a role that somebody handed to Lambda: not the role of whoever logged it.

`The provided execution role does not have permissions to call CreateNetworkInterface on EC2` answers the CreateFunction
of a deployment. It names no role, and the function that it names may be anybody's.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""

import re

from why403.workloads.workload import WorkloadKind

PROVIDED = re.compile(
    r"\bprovided (?:execution |service |IAM )?role\b[^.:]{0,40} (?:does not have|doesn't have|lacks) "
)
"""Lambda's and CloudFormation's own words, whoever reads them; one clause is looked at."""
OF_FUNCTION = re.compile(
    r"\bEC2AccessDeniedException\b|\bfunction(?:'s)? execution role (?:does not|doesn't|is not|lacks) "
)
"""The same in a log of something else than a function, where the words can mean the writer itself."""


def is_of_passed_role(message: str, kind: WorkloadKind) -> bool:
    """Whether the role that was denied is another than that of the workload, of this kind, that logged it."""
    if PROVIDED.search(message):
        return True
    return kind is not WorkloadKind.LAMBDA and OF_FUNCTION.search(message) is not None
