"""OpenSearch domains as targets."""

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
LIST = DeclaredRead(
    "opensearch",
    "ListDomainNames",
    ("es:ListDomainNames",),
    "Where a line names no domain: the domains that it may have meant.",
)
_named = arn_maker("es", "domain/")


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListDomainNames lists names."""
    names = (str(item.get("DomainName", "")) for item in answer.items("DomainNames"))
    return tuple(arn for name in names if (arn := _named(name, place)))


KIND = TargetKind(
    stem="domain",
    services=("es",),
    prefix="domain/",
    reads=(LIST,),
    listing=lambda region: (LIST.of(region=region, pages=PAGES),),
    arns=arns,
    hints=(
        "OPENSEARCH",
        "ELASTICSEARCH",
        "DOMAIN",
    ),
    named=_named,
)
