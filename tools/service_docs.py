"""docs/services.md: the services whose resource policies are read, from the register itself.

`python tools/service_docs.py > docs/services.md` renews it; tests/unit/policies/test_service_docs.py holds it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from why403.policies.register import SERVICES
from why403.policies.service import PolicyService

HEAD = """\
# Services whose policies are read

Generated from the register, functions/why403/policies/register.py. What is not listed here is judged by the
caller's policies alone, and a resource of another account is then told as unread.

| service | what is read | its key too | calls | AWS's page |
| --- | --- | --- | --- | --- |
"""


def service_docs() -> str:
    """The page as Markdown, one line a service, in the register's order."""
    return HEAD + "".join(_line(service) for service in SERVICES)


def _line(service: PolicyService) -> str:
    calls = ", ".join(f"`{read.service}:{read.operation}`" for read in service.reads)
    key = "yes" if service.follows_key else "no"
    return f"| {service.title} | {service.holds} | {key} | {calls} | [page]({service.page}) |\n"


if __name__ == "__main__":
    sys.stdout.write(service_docs())
