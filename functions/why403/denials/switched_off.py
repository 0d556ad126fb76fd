"""AWS's 403 for a service or a feature that is not switched on: no permission of anybody would help.

Each service words it in its own way under the code AccessDenied(Exception): what is not enabled, subscribed to or open,
and for whom. Read by the form, whatever the service: `<service> is not enabled`, or `… is not … for this account`.
https://docs.aws.amazon.com/macie/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/securityhub/1.0/APIReference/CommonErrors.html
"""

import re

from why403.iam.reference import prefix_of

_NOT = r"(?:(?:is|was|are|has|have)(?:n't| not| no longer)|not)(?: yet)?(?: been)?"
_ON = r"(?:enabled|activated|turned on|switched on|onboarded|subscribed|signed up|opted in|open|available|supported)"
_WHOM = r"(?:account|region|organi[sz]ation|customers?|[a-z]{2}(?:-[a-z]{1,10}){1,2}-\d)"
FOR_WHOM = re.compile(
    rf"\b{_NOT} {_ON}(?: yet)? (?:for|in|to|with)(?: (?:this|the|your|a|new|member|management|aws)){{0,3}} {_WHOM}\b"
)
"""`is not activated for this account`, `hasn't been turned on in us-west-2`, `no longer open to new customers`."""
SERVICE = re.compile(
    rf"(?:^|[:.,\"] |because )(?P<service>[a-z][a-z0-9 -]{{1,40}}?) (?:is|has|was)(?:n't| not)(?: been)? {_ON}\b"
)
"""`Macie is not enabled`: a sentence or a reason of its own, whose subject has to be a service."""


def service_switched_off(lowered: str) -> str | None:
    """The IAM prefix of the service that a refusal, in lower case, says is not on: `macie2`. None: it says no such thing.

    Empty where it is not there for the account, Region or organization, and the words name no service.
    """
    named = (prefix_of(found["service"]) for found in SERVICE.finditer(lowered))
    service = next(filter(None, named), "")
    return service or ("" if FOR_WHOM.search(lowered) else None)
