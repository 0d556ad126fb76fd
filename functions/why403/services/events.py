"""EventBridge event buses: the bus's policy and key, in one call. Rules and the like carry no policy."""

from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared

LIST = declared("events:ListEventBuses", "Where a line names no event bus: the buses that it may have meant.")
DESCRIBE = declared(
    "events:DescribeEventBus", "The bus's policy may allow or deny the call, and its key must be usable."
)
SERVICE = Service(
    prefix="events",
    name="EventBridge",
    title="Amazon EventBridge",
    page="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html",
    resources=(
        Resource(
            kind="event bus",
            arn="events:event-bus/{name}",
            letters="-_./",
            listed=Listing(LIST, within="EventBuses", each="Arn"),
            hints=("BUS", "EVENT"),
            described=ServiceRead(DESCRIBE, {"Name": "{name_or_arn}"}, gone=("ResourceNotFoundException",)),
            policy="Policy",
            key="KmsKeyIdentifier",
            draft=Draft(
                called="event bus policy",
                most=10_240,
                cli="events put-permission --event-bus-name {name} --policy {document}",
                read_back="events describe-event-bus --name {name}",
                terraform=Block("aws_cloudwatch_event_bus_policy", {"event_bus_name": "{name}"}, "policy"),
            ),
        ),
    ),
    roles=(Role("publisher", asked="PutEvents", grants={"same": "PutEvents DescribeEventBus"}),),
    unrecorded="PutEvents",
    changes={"PutPermission": "a permission of event bus {eventBusName} was written"},
)
