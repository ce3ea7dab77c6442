"""Creating a Space: its own fields, what a plan allows, and its first runtime."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from ..people.rights import SignedInUser
from ..store import Json
from ..web.hub_errors import plan_needed
from ..web.json_body import JSONBody
from .shapes import subdomain_of

HARDWARE = (
    "cpu-basic", "cpu-upgrade", "cpu-performance", "cpu-xl", "sprx8", "zero-a10g", "t4-small", "t4-medium",
    "l4x1", "l4x4", "l40sx1", "l40sx4", "l40sx8", "a10g-small", "a10g-large", "a10g-largex2", "a10g-largex4",
    "a100-large", "a100x4", "a100x8", "h200", "h200x2", "h200x4", "h200x8", "rtx-pro-6000", "rtx-pro-6000x2",
    "rtx-pro-6000x4", "rtx-pro-6000x8", "inf2x6", "zerogpu",
)  # fmt: skip
SDKS = ("gradio", "docker", "static")
FREE_HARDWARE = (None, "cpu-basic")
ZERO_GPU = ("zero-a10g", "zerogpu")
VARIABLE_NAME = r"^[a-zA-Z][_a-zA-Z0-9]*$"  # of secrets and variables


def space_in(body: JSONBody) -> dict[str, object]:
    """The fields that only a Space has."""
    fields: dict[str, object] = {
        "sdk": body.choice("sdk", SDKS, required=True),
        "hardware": body.choice("hardware", HARDWARE),
        "sleep": body.whole("sleepTimeSeconds"),
        "short_description": body.text("short_description", most=60),
        "sdk_version": body.text("sdkVersion", nullable=True),
        "template": body.text("template"),
        "dev_mode": body.flag("devModeEnabled") or False,
    }
    sleep = fields["sleep"]
    if isinstance(sleep, int) and sleep < 1 and sleep != -1:
        body.wrong("Too small: expected number to be >0", "sleepTimeSeconds")
    for kind in ("secrets", "variables"):
        kept: dict[str, Json] = {}
        for part in body.parts(kind) or []:
            key = part.text("key", required=True, pattern=VARIABLE_NAME)
            value, description = part.text("value", required=True), part.text("description")
            described: dict[str, Json] = {"description": description} if description else {}
            kept[key or ""] = {**value_kept(kind, value or ""), **described}
        fields[kind] = kept
    for part in body.parts("volumes") or []:
        part.choice("type", ("bucket", "model", "dataset", "space"), required=True)
        part.text("source", required=True)
        part.text("mountPath", required=True, pattern=r"^/.*")
    if fields["hardware"] in ZERO_GPU and fields["sdk"] not in (None, "gradio"):
        body.wrong("ZeroGPU hardware needs the Gradio SDK", "hardware")
    return fields


def value_kept(kind: str, value: str) -> dict[str, Json]:
    """The stored form of a setting's value: a digest for a secret, since nothing here would use it."""
    if kind == "variables":
        return {"value": value}
    return {"sha256": hashlib.sha256(json.dumps(value).encode()).hexdigest()}


def plan_allows(
    who: SignedInUser, namespace: str, region: str | None, space: Mapping[str, object] | None
) -> None:
    """402 for what the namespace's plan does not include (OpenAPI, description of `sdk`)."""
    own = namespace.lower() == who.name.lower()
    subscribed = who.is_pro if own else namespace.lower() in who.plans
    if region == "eu" and (own or not subscribed):
        raise plan_needed("Choosing a storage region needs a Team or Enterprise plan")
    if space is None or subscribed:
        return
    if space["hardware"] not in FREE_HARDWARE:
        raise plan_needed("A payment method is needed for this hardware. Add one in your billing settings.")
    if space["sdk"] != "static":
        needed = "PRO" if own else "a Team or Enterprise plan"
        raise plan_needed(f"Spaces with the {space['sdk']} SDK need {needed}; static Spaces are free")


def runtime_of(space: Mapping[str, object], id: str) -> dict[str, object]:
    """The runtime of a Space just created: a static one runs, others are being built."""
    static = space["sdk"] == "static"
    wanted = None if static else space["hardware"] or "cpu-basic"
    return {
        "stage": "RUNNING" if static else "BUILDING",
        "hardware": {"current": None, "requested": wanted},
        "storage": None,
        "gcTimeout": space["sleep"] or 172800,
        "replicas": {"requested": 1},
        "devMode": space["dev_mode"],
        "domains": [{"domain": f"{subdomain_of(id)}.hf.space", "stage": "READY"}],
    }
