"""Firehose streams. They carry no policy."""

from why403.services.declaration import Listing, Resource, Service, declared

LIST = declared(
    "firehose:ListDeliveryStreams",
    "Where a line names no Firehose stream: the streams that it may have meant.",
)
SERVICE = Service(
    prefix="firehose",
    name="Firehose",
    title="Amazon Data Firehose",
    page="https://docs.aws.amazon.com/firehose/latest/dev/security_iam_service-with-iam.html",
    resources=(
        Resource(
            kind="Firehose stream",
            arn="firehose:deliverystream/{name}",
            listed=Listing(LIST, within="DeliveryStreamNames"),
            hints=("FIREHOSE", "DELIVERY_STREAM", "STREAM"),
        ),
    ),
    endpoints=("kinesis-firehose",),
    unrecorded="PutRecord PutRecordBatch",
)
