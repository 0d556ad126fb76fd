"""docs/services.md: the services whose resource policies are read, from the register itself.

`python tools/service_docs.py > docs/services.md` renews it; tests/unit/policies/test_service_docs.py holds it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from why403.services.declaration import Draft, Resource, Service
from why403.services.register import SERVICES, has_policy, reads_of

HEAD = """\
# Services whose policies are read

Generated from the declarations in functions/why403/services. What is not listed here is judged by the caller's
policies alone, and a resource of another account is then told as unread.

| service | what is read | its key too | drafted for | calls | AWS's page |
| --- | --- | --- | --- | --- | --- |
"""


def service_docs() -> str:
    """The page as Markdown, one line a service, in the register's order."""
    return HEAD + "".join(_line(service) for service in SERVICES if has_policy(service))


def _line(service: Service) -> str:
    reads = dict.fromkeys(read for each in service.resources for read in reads_of(each))
    calls = ", ".join(f"`{read.service}:{read.operation}`" for read in reads)
    held = ", ".join(dict.fromkeys(_called(each) for each in service.resources))
    key = "yes" if any(each.key for each in service.resources) else "no"
    tools = ", ".join(dict.fromkeys(tool for each in service.resources for tool in _tools(each)))
    return f"| {service.title} | {held} | {key} | {tools} | {calls} | [page]({service.page}) |\n"


def _called(resource: Resource) -> str:
    return resource.draft.called if isinstance(resource.draft, Draft) else f"{resource.kind} policy"


def _tools(resource: Resource) -> tuple[str, ...]:
    draft = resource.draft
    if not isinstance(draft, Draft):
        return ()
    several = {"Terraform": draft.terraform, "CloudFormation": draft.cloudformation, "CDK": draft.cdk}
    return ("AWS CLI", *(tool for tool, there in several.items() if there))


if __name__ == "__main__":
    sys.stdout.write(service_docs())
