"""Calls of DynamoDB on the incident table: errors mapped, transactions tried again where they met another.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.errors import StoreError
from why403.incidents.table_keys import PARTITION_KEY, SORT_KEY

Item = dict[str, Any]
"""An item, or a part of one, in DynamoDB's typed form: {"name": {"S": "…"}}."""

REFUSED = "ConditionalCheckFailedException"
MET = "TransactionConflictException"
"""A transaction holds the item; boto3 tries it again for nobody."""
CANCELLED = "TransactionCanceledException"
CONDITION = "ConditionalCheckFailed"
"""Why a transaction was cancelled: the condition of one of its writes does not hold."""
TRIES = 9
"""With the waits below some four seconds at most, where a conflict is over in milliseconds."""
FIRST_WAIT_MS = 20
"""Milliseconds: some two writes of DynamoDB's."""
LONGEST_WAIT_MS = 1_000
"""Milliseconds: a throttled table has its next second's capacity by then."""
PAGE_OF_KEYS = 100
"""Of BatchGetItem, by the page below."""
ADDITIONS = 100
"""Of one update: far from the limits below, with names of three or four letters."""
TRANSACTION = 100
"""DynamoDB takes 100 keys a BatchGetItem, 4 KB and 300 operators an update expression, 100 items and 4 MB a transaction.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""
IN_PROGRESS = "TransactionInProgressException"
CONFLICT = "TransactionConflict"
PASSING = frozenset({CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded", IN_PROGRESS})
"""Reasons of a cancelled transaction that go away by themselves."""


class TableCalls:
    """`client` is boto3's DynamoDB client."""

    def __init__(self, client: Any, table_name: str) -> None:  # noqa: ANN401  # boto3's clients have no static type
        self._client = client
        self._table = table_name

    def put(self, item: Item, **condition: Any) -> bool:  # noqa: ANN401
        """Write a whole item; False where the condition does not hold."""
        return self._write("put_item", Item=item, **condition) is not None

    def update(self, key: Item, **update: Any) -> bool:  # noqa: ANN401
        """Change an item; False where the condition does not hold."""
        return self._write("update_item", Key=key, **update) is not None

    def changed(self, key: Item, **update: Any) -> Item | None:  # noqa: ANN401
        """The attributes that an update changed, as they are now; None where the condition does not hold."""
        answer = self._write("update_item", Key=key, ReturnValues="UPDATED_NEW", **update)
        return None if answer is None else answer["Attributes"]

    def delete(self, key: Item) -> None:
        """An item goes; one that is gone stays so."""
        self._write("delete_item", Key=key)

    def transact(self, *writes: tuple[str, Item]) -> bool:
        """All of the writes, ("Put" or "Update", parameters), or none; False where a condition does not hold."""
        for attempt in range(TRIES):
            reasons = self.cancelled(writes)
            if not reasons or CONDITION in reasons:
                return not reasons
            wait(attempt)
        raise never_free()

    def cancelled(self, writes: Sequence[tuple[str, Item]]) -> tuple[str, ...]:
        """Try once. Empty where all was written; else nothing was, and why, a word for each write.

        The words are DynamoDB's, CONDITION among them or one of PASSING, after which it may be tried again.
        """
        named = [{kind: {"TableName": self._table, **write}} for kind, write in writes]
        try:
            self._client.transact_write_items(TransactItems=named)
        except ClientError as error:
            reasons = _reasons(error)
            if CONDITION in reasons or PASSING.intersection(reasons):
                return reasons
            raise _store_error("transact_write_items", error) from error
        except BotoCoreError as error:
            raise _store_error("transact_write_items", error) from error
        return ()

    def get(self, key: Item) -> Item | None:
        """One item as it stands now, or None."""
        found: Item | None = self._call("get_item", Key=key, ConsistentRead=True).get("Item")
        return found

    def get_many(self, keys: Sequence[Item], *, as_it_stands: bool = False) -> Iterator[Item]:
        """Those of the items that exist, in no order; perhaps as they stood a second ago, for half the price."""
        for start in range(0, len(keys), PAGE_OF_KEYS):
            page = {"Keys": list(keys[start : start + PAGE_OF_KEYS]), "ConsistentRead": as_it_stands}
            wanted: Any = {self._table: page}
            for attempt in range(TRIES):
                answer = self._call("batch_get_item", table=False, RequestItems=wanted)
                yield from answer.get("Responses", {}).get(self._table, ())
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
                wait(attempt)
            else:
                raise StoreError(f"DynamoDB left keys unread {TRIES} times: it is throttling this table.")

    def query(self, partition: str, sort_prefix: str = "", *, backwards: bool = False) -> Iterator[Item]:
        """The items of a partition whose sort key begins so, as they stand now."""
        values = {":p": {"S": partition}}
        condition = f"{PARTITION_KEY} = :p"
        if sort_prefix:
            values[":s"] = {"S": sort_prefix}
            condition += f" AND begins_with({SORT_KEY}, :s)"
        yield from self.pages(
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            ScanIndexForward=not backwards,
        )

    def pages(self, operation: str = "query", **query: Any) -> Iterator[Item]:  # noqa: ANN401
        """The items of a query, or of a scan, page after page."""
        while True:
            answer = self._call(operation, **query)
            yield from answer.get("Items", ())
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _write(self, operation: str, **parameters: Any) -> Item | None:  # noqa: ANN401
        """The answer; None where the condition does not hold. What meets another's transaction is tried again."""
        for attempt in range(TRIES):
            try:
                answer: Item = getattr(self._client, operation)(TableName=self._table, **parameters)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == REFUSED:
                    return None
                if code != MET:
                    raise _store_error(operation, error) from error
                wait(attempt)
            except BotoCoreError as error:
                raise _store_error(operation, error) from error
            else:
                return answer
        raise never_free()

    def _call(self, operation: str, *, table: bool = True, **parameters: Any) -> Item:  # noqa: ANN401
        if table:
            parameters["TableName"] = self._table
        try:
            answer: Item = getattr(self._client, operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise _store_error(operation, error) from error
        return answer


def _reasons(error: ClientError) -> tuple[str, ...]:
    code = error.response["Error"]["Code"]
    reasons: Any = error.response.get("CancellationReasons", ()) if code == CANCELLED else ()
    return (code,) if code == IN_PROGRESS else tuple(str(reason.get("Code", "")) for reason in reasons)


def never_free() -> StoreError:
    """A write met others at each of its tries."""
    return StoreError(
        f"DynamoDB refused a write {TRIES} times because others wrote the same item. "
        "The lines are delivered again, and counted then; if it lasts, see docs/runbooks/table-throttled.md."
    )


def wait(attempt: int) -> None:
    """Sleep somewhere between nothing and twice as long as before, so that those who met do not meet again."""
    longest = min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2**attempt)
    time.sleep(secrets.randbelow(longest + 1) / 1000)


def _store_error(operation: str, error: Exception) -> StoreError:
    return StoreError(
        f"DynamoDB did not carry out {operation} on the incident table: {error}. Nothing is lost: what triggered it "
        "is delivered again, then parked in the dead-letter queue. See docs/runbooks/table-throttled.md."
    )
