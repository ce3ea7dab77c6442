"""The spec of a job, read from a request's fields by the Hub's own rules."""

from __future__ import annotations

import re

from ..store import Json
from ..web.json_body import JSONBody
from .machines import MACHINES

VARIABLE = r"^[a-zA-Z][_a-zA-Z0-9]*$"
LABEL = r"^[a-zA-Z0-9._-]+$"
LABEL_VALUE = r"^[a-zA-Z0-9._-]*$"
MOST_LABEL = 100  # characters of a label and of its value
MOST_PORTS = 20
DEFAULT_TIMEOUT = 30 * 60  # seconds

Spec = dict[str, Json]


def spec_in(body: JSONBody) -> Spec:
    """The spec in a body; only the names of secrets are kept. The caller checks the body afterwards."""
    spec: Spec = {
        "dockerImage": body.text("dockerImage", least=1),
        "spaceId": body.text("spaceId", least=1),
        "command": _words(body, "command", least=1),
        "arguments": _words(body, "arguments"),
        "environment": texts_in(body, "environment", VARIABLE) or {},
        "flavor": body.choice("flavor", tuple(MACHINES), required=True),
        "arch": body.choice("arch", ("amd64", "arm64")),
        "attempts": body.whole("attempts", least=1) or 1,
        "labels": texts_in(body, "labels", LABEL, LABEL_VALUE, MOST_LABEL),
        "volumes": _volumes(body),
        "expose": ports_in(body.part("expose")),
        "resourceGroupId": body.text("resourceGroupId", pattern=r"^[0-9a-fA-F]{24}$"),
    }
    spec["timeout"] = _timeout(body)
    secrets = texts_in(body, "secrets", VARIABLE)
    spec["secrets"] = [*sorted(secrets)] if secrets else None
    ssh = body.part("ssh")
    spec["ssh"] = bool(ssh.flag("enabled")) if ssh else False
    if spec["dockerImage"] is None and spec["spaceId"] is None:
        body.wrong("Either dockerImage or spaceId must be given")
    return {name: value for name, value in spec.items() if value is not None and value is not False}


def texts_in(
    body: JSONBody, name: str, keys: str, values: str = "", most: int | None = None
) -> dict[str, Json] | None:
    """An object of strings, whose names and values match patterns."""
    part = body.part(name)
    if part is None:
        return None
    for key in part.fields:
        if not re.search(keys, key) or len(key) > (most or len(key)):
            part.wrong("Invalid key in record", key)
        part.text(key, required=True, most=most, pattern=values or None)
    return part.fields


def ports_in(part: JSONBody | None) -> Json:
    """Which ports are reachable from outside, and which of them by everyone."""
    if part is None:
        return None
    found: dict[str, Json] = {}
    for name in ("ports", "portsPublic"):
        value = part.fields.get(name)
        if value is None and name == "portsPublic":
            continue
        ports = value if isinstance(value, list) else []
        if not isinstance(value, list) or len(ports) > MOST_PORTS or not all(map(_is_port, ports)):
            part.wrong(f"Invalid input: expected at most {MOST_PORTS} ports", name)
        found[name] = ports
    return found


def _is_port(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65_535


def _timeout(body: JSONBody) -> int:
    if body.fields.get("timeoutSeconds") is None:
        return DEFAULT_TIMEOUT
    return body.whole("timeoutSeconds", least=1) or DEFAULT_TIMEOUT


def _words(body: JSONBody, name: str, least: int = 0) -> Json:
    value = body.fields.get(name)
    if value is None and not body.given(name):
        return None
    if not isinstance(value, list) or len(value) < least:
        body.wrong("Invalid input: expected array", name)
        return None
    for place, one in enumerate(value):
        if not isinstance(one, str) or len(one) < least:
            body.wrong("Invalid input: expected string", name, place)
    return value


def _volumes(body: JSONBody) -> Json:
    parts = body.parts("volumes")
    if parts is None:
        return None
    if not parts:
        body.wrong("Too small: expected array to have >=1 items", "volumes")
    for part in parts:
        kind = part.choice("type", ("bucket", "model", "dataset", "space"), required=True)
        part.text("source", required=True)
        part.text("mountPath", required=True, pattern=r"^/.*")
        part.fields.setdefault("readOnly", kind != "bucket")
    return [part.fields for part in parts]
