"""AWS's error code → why a read gave no answer. By code and status, never by the message's text.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker

from why403.reads import DeclaredRead, Failure

ABSENT = frozenset({
    "NoSuchEntity",
    "NoSuchEntityException",
    "ResourceNotFoundException",
    "NotFoundException",
    "NotFound",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchKey",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchAccessPoint",
    "NoSuchAccessPointPolicy",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "NoSuchTagSet",
    "NoSuchTagSetError",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "PolicyNotFound",
    "PolicyNotFoundException",
    "RepositoryNotFoundException",
    "RepositoryPolicyNotFoundException",
    "RegistryPolicyNotFoundException",
    "LayerVersionNotFoundException",
    "AWSOrganizationsNotInUseException",
    "EntityNotFoundException",
    "FileSystemNotFound",
    "ParameterNotFound",
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "StateMachineDoesNotExist",
    "NoSuchDistribution",
    "NoSuchOriginAccessControl",
    "WAFNonexistentItemException",
})  # fmt: skip
"""What says, in every service that uses it, that there is no such thing."""

REFUSED = frozenset({
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "AllAccessDisabled",
    "AuthorizationError",
    "AuthorizationErrorException",
    "AuthFailure",
    "Client.UnauthorizedOperation",
    "ExpiredToken",
    "ExpiredTokenException",
    "Forbidden",
    "ForbiddenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "KMS.AccessDeniedException",
    "KMSAccessDeniedException",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "NotAuthorizedException",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnauthorizedException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
})  # fmt: skip

_THROTTLING = ThrottledRetryableChecker()
"""botocore's own list of the codes that ask a caller to come back later."""

SLOW = frozenset({"RequestTimeout", "RequestTimeoutException", "RequestTimedOut", "GatewayTimeout"})

UNSUPPORTED = frozenset({
    "InvalidAction",
    "NotImplemented",
    "UnknownOperation",
    "UnknownOperationException",
    "UnsupportedOperation",
    "UnsupportedOperationException",
})  # fmt: skip
"""The endpoint does not know the operation: a Region that lacks it."""


_RULES: tuple[tuple[frozenset[str], frozenset[int], Failure], ...] = (
    (UNSUPPORTED, frozenset({HTTPStatus.NOT_IMPLEMENTED}), Failure.UNAVAILABLE),
    (SLOW, frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}), Failure.SLOW),
    (ABSENT, frozenset(), Failure.ABSENT),
    (REFUSED, frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}), Failure.REFUSED),
)


def failure_of(code: str, status: int, declared: DeclaredRead) -> Failure:
    """Why `declared` failed with AWS's error `code` and HTTP `status`; what the read says of its codes wins."""
    if code in declared.absent:
        return Failure.ABSENT
    if status == HTTPStatus.TOO_MANY_REQUESTS or _is_throttled(code):
        return Failure.THROTTLED
    for codes, statuses, failure in _RULES:
        if code in codes or status in statuses:
            return failure
    return Failure.UNAVAILABLE


def code_of(error: ClientError | BotoCoreError) -> str:
    """AWS's code, or botocore's own name of what failed."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code") or "Unknown")
    return type(error).__name__


def _is_throttled(code: str) -> bool:
    answer = {"Error": {"Code": code}}
    return bool(_THROTTLING.is_retryable(RetryContext(attempt_number=1, parsed_response=answer)))
