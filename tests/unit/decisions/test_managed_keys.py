"""A key that AWS manages is open to its own account, and to no other."""

import pytest
from why403.decisions.call import Call, needed_besides, request_of
from why403.iam.place import Place
from why403.services.reading import TargetReading

PLACE = Place("123456789012", "eu-west-1")
KEY = TargetReading(
    arn="arn:aws:kms:eu-west-1:123456789012:alias/aws/secretsmanager",
    service="kms",
    account="123456789012",
    managed_by_aws=True,
)
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"


@pytest.mark.parametrize(("account", "asked"), [("123456789012", []), ("111122223333", ["kms:Decrypt"])])
def test_only_another_accounts_caller_must_ask_a_managed_key(account: str, asked: list[str]) -> None:
    secret = TargetReading(arn=SECRET, service="secretsmanager", account="123456789012", key=KEY)
    call = Call(
        principal=f"arn:aws:iam::{account}:role/web", action="secretsmanager:GetSecretValue", resource=SECRET
    )
    request = request_of(call, PLACE, target=secret)

    needed = needed_besides(request, secret, PLACE)

    assert asked == [other.action for other in needed]
