"""The door to nsqd: one topic, published over HTTP."""

import json
from collections.abc import Sequence

import httpx

TOPIC = "images"


class QueueAway(Exception):
    """nsqd did not say OK; what was to be published has to be published again."""


class Queue:
    """nsqd at "host:port", its HTTP port. Used by several threads."""

    def __init__(self, http_address: str) -> None:
        self._client = httpx.Client(base_url=f"http://{http_address}", timeout=3, trust_env=False)

    def publish(self, image_ids: Sequence[int]) -> None:
        """Returns once nsqd has all of them; else raises QueueAway."""
        lines = "\n".join(json.dumps({"id": image_id}) for image_id in image_ids)
        self._ask(self._client.build_request("POST", "/mpub", params={"topic": TOPIC}, content=lines))

    def ping(self) -> None:
        """Returns if nsqd is well; else raises QueueAway."""
        self._ask(self._client.build_request("GET", "/ping"))

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _ask(self, request: httpx.Request) -> None:
        try:
            self._client.send(request).raise_for_status()
        except httpx.HTTPError as error:
            raise QueueAway(str(error) or type(error).__name__) from error
