"""The services' HTTP as OpenAPI describes it: what schemathesis makes requests of."""

from typing import Any

Described = dict[str, Any]
TEXT = {"type": "string"}
PATH = {"type": "object", "required": ["path"], "properties": {"path": {**TEXT, "maxLength": 512}}}
PATHS = {
    "type": "object",
    "required": ["paths"],
    "properties": {"paths": {"type": "array", "items": PATH, "maxItems": 1000}},
}
WHOLE = {"type": "integer"}


def _takes(body: Described, kind: str = "application/json") -> Described:
    return {"requestBody": {"required": True, "content": {kind: {"schema": body}}}}


def _given(name: str, schema: Described, where: str = "query") -> Described:
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


def _document(title: str, paths: Described) -> Described:
    for methods in paths.values():
        for operation in methods.values():
            operation["responses"] = {"default": {"description": "JSON, a page, a picture or figures"}}
    return {"openapi": "3.1.0", "info": {"title": title, "version": "v1.1"}, "paths": paths}


RECEIVER = _document(
    "receiver",
    {
        "/": {"get": {}},
        "/healthz": {"get": {}},
        "/readyz": {"get": {}},
        "/metrics": {"get": {}},
        "/image/post": {"post": _takes(PATH)},
        "/images/post": {"post": _takes(PATHS)},
        "/image/upload": {
            "post": {
                "parameters": [_given("name", TEXT)],
                **_takes({"type": "string", "format": "binary"}, "application/octet-stream"),
            }
        },
    },
)

QUERY = [
    _given("status", {"enum": ["PENDING", "PROCESSED", "FAILED", "PROCESSING"]}),
    _given("limit", {**WHOLE, "minimum": 1, "maximum": 200}),
    _given("before", {**WHOLE, "minimum": 1}),
    _given("after", {**WHOLE, "minimum": 0}),
]
FRONTEND = _document(
    "frontend",
    {
        "/": {"get": {"parameters": QUERY}},
        "/healthz": {"get": {}},
        "/readyz": {"get": {}},
        "/metrics": {"get": {}},
        "/api/images": {"get": {"parameters": QUERY}},
        "/photos/{path}": {"get": {"parameters": [_given("path", TEXT, "path")]}},
        "/static/{name}": {"get": {"parameters": [_given("name", TEXT, "path")]}},
        # Only its head is asked for here: the stream itself does not end.
        "/events": {
            "head": {
                "parameters": [
                    _given("since", {**WHOLE, "minimum": 0}),
                    _given("last-event-id", TEXT, "header"),
                ]
            }
        },
    },
)
