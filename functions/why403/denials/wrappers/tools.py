"""Wrappers of tools and services, in the order in which they are asked."""

from why403.denials.call import Wrapper
from why403.denials.wrappers import (
    botocore,
    cloudformation,
    cloudtrail,
    controllers,
    fields,
    fluent_bit,
    hadoop,
    iot,
    s3_access_log,
    s3fs,
    services,
    sns_delivery,
)

TOOLS: tuple[Wrapper, ...] = (
    hadoop.WRAPPER,
    s3fs.WRAPPER,
    cloudformation.WRAPPER,
    fluent_bit.WRAPPER,
    controllers.WRAPPER,
    controllers.FAILED_WRAPPER,
    cloudtrail.WRAPPER,
    s3_access_log.WRAPPER,
    iot.WRAPPER,
    sns_delivery.WRAPPER,
    services.WRAPPER,
    services.TO_CALL_WRAPPER,
    services.PRINCIPAL_WRAPPER,
    botocore.CALLING_WRAPPER,
    botocore.METHODS,
    fields.WRAPPER,
)
