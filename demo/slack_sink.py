"""A sink in Slack's place: takes what the notify function posts over HTTP, and answers as Slack does.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo.slack_answers import Reply, slack_answer

Message = dict[str, Any]
OK = 200


class SlackSink:
    """The messages that were received, in order."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._messages: list[Message] = []
        self._refusals: list[int] = []
        self._arrived = threading.Condition()

    @property
    def webhook(self) -> str:
        """The address to give to why403 as an incoming webhook."""
        return f"http://{self.host}/services/T00000000/B00000000/demo"

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything received so far."""
        with self._arrived:
            return tuple(self._messages)

    def refuse(self, times: int, status: int = 500) -> None:
        """Answer the next posts with `status` instead of taking them."""
        with self._arrived:
            self._refusals = [status] * times

    @property
    def refusals_left(self) -> int:
        """Posts that are still to be refused."""
        with self._arrived:
            return len(self._refusals)

    def refusal(self) -> int | None:
        """The status that this post is refused with; None where it is not."""
        with self._arrived:
            return self._refusals.pop() if self._refusals else None

    def take(self, message: Message) -> None:
        """Keep one message and wake who waits for it."""
        with self._arrived:
            self._messages.append(message)
            self._arrived.notify_all()

    def wait_for(self, number: int, seconds: float) -> tuple[Message, ...]:
        """The first `number` messages; fewer where they did not come within `seconds`."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._messages) >= number, timeout=seconds)
            return tuple(self._messages[:number])


class QuietServer(ThreadingHTTPServer):
    """A server that says nothing of a reader who went away: the demo tells its own story."""

    def handle_error(self, request: object, client_address: object) -> None:
        """No traceback for a connection that somebody closed."""


@contextmanager
def slack_sink() -> Iterator[SlackSink]:
    """Listen on a free port of 127.0.0.1 for as long as the block lasts."""
    server = QuietServer(("127.0.0.1", 0), _Webhook)
    sink = SlackSink(f"127.0.0.1:{server.server_address[1]}")
    server.sink = sink  # type: ignore[attr-defined]  # the handler finds it on its server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


class _Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            message = json.loads(body)
        except ValueError:
            message = None
        refused = self.server.sink.refusal()  # type: ignore[attr-defined]
        reply = slack_answer(self.path, message) if refused is None else Reply(refused, "server_error")
        if reply.status == OK:
            self.server.sink.take(message)  # type: ignore[attr-defined]
        words = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the demo tells its own story."""
