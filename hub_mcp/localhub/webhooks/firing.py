"""What webhooks do when something has changed: start a job, or send the event, to loopback only.

A made-up world contacts nobody: an address that is not on this machine's loopback is recorded as not
called. Events are sent from a separate thread, without redirects or a proxy.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import sqlite3
import threading
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from ..jobs.rows import add_job
from ..people.rights import READERS
from ..people.rows import orgs_of
from ..store import Store
from .rows import note_delivery, take_events

SECONDS = 5.0  # that a receiver has to answer
NOT_CALLED = "not called: only loopback addresses are"
PLURALS = {"model": "", "dataset": "datasets/", "space": "spaces/"}

Facts = dict[str, object]


def fire(store: Store, origin: str) -> None:
    """Let every webhook act on what has happened since the last call; a busy file delays it to the next."""
    with contextlib.suppress(sqlite3.Error):
        if not store.count("select exists (select 1 from hook_events)"):
            return
        with store.write():
            for event in take_events(store):
                repo: Facts = json.loads(event["repo"])
                for webhook in store.rows("select * from webhooks where not disabled"):
                    if _watches(store, webhook, repo, event["scope"]):
                        _act(store, webhook, event["scope"], _payload(store, webhook, event, repo, origin))


def _watches(store: Store, webhook: sqlite3.Row, repo: Mapping[str, object], scope: str) -> bool:
    if scope.partition(".")[0] not in json.loads(webhook["domains"]):
        return False
    id = str(repo["id"]).lower()
    owner = id.partition("/")[0]
    watched = {(one["type"], one["name"].lower()) for one in json.loads(webhook["watched"])}
    if not watched & {(repo["type"], id), ("user", owner), ("org", owner)}:
        return False
    return not repo["private"] or _may_see(store, webhook["user_id"], owner)


def _may_see(store: Store, user_id: str, owner: str) -> bool:
    user = store.find("users", id=user_id)
    if user is not None and user["name"].lower() == owner:
        return True
    return any(org["name"].lower() == owner and org["role"] in READERS for org in orgs_of(store, user_id))


def _act(store: Store, webhook: sqlite3.Row, scope: str, payload: Facts) -> None:
    store.update("webhooks", {"id": webhook["id"]}, last_trigger_at=store.now())
    if webhook["job"] is not None:
        outcome = f"job {_begun(store, webhook, payload)}"
    elif loopback_in(webhook["url"]) is None:
        outcome = NOT_CALLED
    else:
        threading.Thread(target=_send_and_note, args=(store, webhook, scope, payload), daemon=True).start()
        return
    note_delivery(store, webhook["id"], scope, outcome, payload)


def act_again(store: Store, webhook: sqlite3.Row, delivery: sqlite3.Row) -> int | None:
    """Repeat an earlier delivery of a webhook; returns the HTTP status, or None if there was none.

    It blocks until the receiver answers, so run it in a thread.
    """
    payload: Facts = json.loads(delivery["payload"])
    if webhook["job"] is not None:
        with store.write():
            outcome = f"job {_begun(store, webhook, payload)}"
            note_delivery(store, webhook["id"], delivery["scope"], outcome, payload)
        return 200
    if loopback_in(webhook["url"]) is None:
        return None
    words, _, status = _send_and_note(store, webhook, delivery["scope"], payload).partition(" ")
    return int(status) if words == "status" else 502


def _begun(store: Store, webhook: sqlite3.Row, payload: Facts) -> str:
    """The job that a webhook starts; inside a transaction."""
    user, repo = store.find("users", id=webhook["user_id"]), payload["repo"]
    assert user is not None
    assert isinstance(repo, dict)
    spec = json.loads(webhook["job"])
    described = {"WEBHOOK_REPO_ID": repo["name"], "WEBHOOK_PAYLOAD": json.dumps(payload)}
    spec["environment"] = {**(spec.get("environment") or {}), **described}
    initiator = {"type": "webhook", "id": webhook["id"]}
    return str(add_job(store, webhook["job_namespace"], user["name"], spec, initiator)["id"])


def loopback_in(url: str) -> SplitResult | None:
    """The address if it is on this machine's loopback; None for others and for what is not an address."""
    try:
        address = urlsplit(url)
        return address if address.scheme == "http" and is_loopback(address.hostname or "") else None
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is literally a loopback one; no name is resolved."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _send_and_note(store: Store, webhook: sqlite3.Row, scope: str, payload: Facts) -> str:
    address = loopback_in(webhook["url"])
    assert address is not None
    outcome = _sent(address, json.dumps(payload).encode(), webhook["secret"])
    with contextlib.suppress(sqlite3.Error), store.write():  # it may be closed by now, or the webhook deleted
        note_delivery(store, webhook["id"], scope, outcome, payload)
    return outcome


def _sent(address: SplitResult, body: bytes, secret: str | None) -> str:
    """The outcome of sending an event."""
    host = "127.0.0.1" if (address.hostname or "").lower() == "localhost" else address.hostname or ""
    headers = {"Content-Type": "application/json", **({"X-Webhook-Secret": secret} if secret else {})}
    path = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
    try:
        connection = http.client.HTTPConnection(host, address.port or 80, timeout=SECONDS)
        connection.request("POST", path, body, headers)
        outcome = f"status {connection.getresponse().status}"
        connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        outcome = f"failed: {type(error).__name__}"
    return outcome


def _payload(store: Store, webhook: sqlite3.Row, event: sqlite3.Row, repo: Facts, origin: str) -> Facts:
    """An event as version 3 of the Hub's payloads (hub docs, webhooks)."""
    place = f"{PLURALS[str(repo['type'])]}{repo['id']}"
    api = f"{origin}/api/{repo['type']}s/{repo['id']}"
    payload: Facts = {
        "event": {"action": event["action"], "scope": event["scope"]},
        "repo": {
            "type": repo["type"],
            "name": repo["id"],
            "id": repo["_id"],
            "private": bool(repo["private"]),
            "url": {"web": f"{origin}/{place}", "api": api},
            "headSha": repo["sha"],
        },
        "webhook": {"id": webhook["id"], "version": 3},
    }
    row = store.find("discussions", id=event["discussion"])
    if row is not None:
        thread = f"discussions/{row['num']}"
        payload["discussion"] = {
            "id": row["id"],
            "title": row["title"],
            "url": {"web": f"{origin}/{place}/{thread}", "api": f"{api}/{thread}"},
            "status": row["status"],
            "num": row["num"],
            "isPullRequest": bool(row["is_pull_request"]),
        }  # fmt: skip
    said = store.find("discussion_events", id=event["comment"])
    if said is not None:
        facts = json.loads(said["facts"])
        payload["comment"] = {"id": said["id"], "content": facts["raw"], "hidden": facts["hidden"]}
    return payload
