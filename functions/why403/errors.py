"""Every error of ours.

Why403Error
├── SettingsError     a setting or an argument is wrong: says which, and what was expected
├── NoAccessError     AWS cannot be reached, or takes no credentials of ours: nothing can be read
├── PayloadError      what came in is not what the sender's documentation promises
├── DeliveryError     a message could not be handed over
│   ├── DeliveryRetryableError   worth another try, after `retry_after` seconds where the receiver said so
│   └── DeliveryRefusedError     will be refused again: an address revoked, a message malformed
├── StoreError        the incident table could not be read or written
└── LinkError         a link is not ours, or no longer valid
    └── LinkExpiredError   ours, and its time is over
"""


class Why403Error(Exception):
    """The root: what happened, what it means, what to do next, in the message."""


class SettingsError(Why403Error):
    """A setting, environment value or command argument is wrong."""


class NoAccessError(Why403Error):
    """Nothing of AWS's can be read: no way to it, or no credentials that it takes."""


class PayloadError(Why403Error):
    """A payload cannot be what its sender documents."""


class DeliveryError(Why403Error):
    """A message could not be handed over."""


class DeliveryRetryableError(DeliveryError):
    """Worth another try."""

    def __init__(
        self, message: str, retry_after: float | None = None, *, may_have_arrived: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the receiver asked us to wait; None where it did not say."""
        self.may_have_arrived = may_have_arrived
        """Whether the message was sent and nobody said what became of it: another try must say so."""


class DeliveryRefusedError(DeliveryError):
    """Another try will be refused as well."""


class StoreError(Why403Error):
    """The incident table could not be read or written."""


class LinkError(Why403Error):
    """A link is not ours, is altered, or has expired."""


class LinkExpiredError(LinkError):
    """A link of ours whose time is over: its reader may be told so."""
