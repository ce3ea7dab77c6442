"""`huggingface_hub` unchanged as judge of webhooks; what they send arrives on loopback, and only there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import httpx
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from starlette.applications import Starlette

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from hub_mcp.localhub.store import Store
from hub_mcp.localhub.webhooks.firing import is_loopback
from tests.waiting import PATIENCE

from .official import ADA, EVE, READ, by_lfs, told_at

__all__ = ["by_lfs"]

Call = tuple[str, dict[str, Any]]  # the secret it was sent with, and what it says


@dataclass
class Receiver:
    """A program on loopback that webhooks may call."""

    url: str
    calls: Queue[Call] = field(default_factory=lambda: Queue[Call]())

    def next(self) -> Call:
        return self.calls.get(timeout=PATIENCE)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.put((self.headers.get("X-Webhook-Secret", ""), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


@pytest.fixture(scope="module")
def app() -> Starlette:
    return create_app(quota=1_000_000)


@pytest.fixture(scope="module")
def url(app: Starlette) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture
def ada(url: str) -> HfApi:
    return HfApi(endpoint=url, token=ADA)


def test_a_webhook_is_made_read_changed_switched_and_deleted(ada: HfApi, url: str) -> None:
    made = ada.create_webhook(
        url="https://example.org/hook",
        watched=[{"type": "org", "name": "nimbus-labs"}],
        domains=["repo"],
        secret="of-a-test",
    )
    assert (made.url, made.domains, made.secret, made.disabled) == (
        "https://example.org/hook", ["repo"], None, False,
    )  # fmt: skip
    changed = ada.update_webhook(made.id, watched=[{"type": "user", "name": "bob"}], url=made.url)
    assert [(one.type, one.name) for one in changed.watched] == [("user", "bob")]
    assert ada.get_webhook(made.id).domains == ["repo"]
    assert ada.disable_webhook(made.id).disabled is True
    assert ada.enable_webhook(made.id).disabled is False
    assert made.id in [one.id for one in ada.list_webhooks()]
    with pytest.raises(HfHubHTTPError, match="may only read"):
        HfApi(endpoint=url, token=READ).delete_webhook(made.id)
    with pytest.raises(HfHubHTTPError, match="Webhook not found"):
        HfApi(endpoint=url, token=EVE).get_webhook(made.id)
    ada.delete_webhook(made.id)
    with pytest.raises(HfHubHTTPError, match="Webhook not found"):
        ada.get_webhook(made.id)


def test_what_is_watched_must_be_there_for_who_asks(url: str) -> None:
    eve = HfApi(endpoint=url, token=EVE)
    for name in ("ada/notes-to-self", "ada/nothing-at-all"):
        with pytest.raises(HfHubHTTPError, match=f"model {name} not found"):
            eve.create_webhook(url="https://example.org", watched=[{"type": "model", "name": name}])


def test_commits_discussions_and_comments_are_sent_with_the_secret(ada: HfApi, receiver: Receiver) -> None:
    repo = ada.create_repo("ada/hooked").repo_id
    hook = ada.create_webhook(
        url=receiver.url, watched=[{"type": "model", "name": repo}], secret="of-a-test"
    )  # fmt: skip
    sha = ada.upload_file(path_or_fileobj=b"a\n", path_in_repo="a.txt", repo_id=repo).oid
    secret, content = receiver.next()
    assert secret == "of-a-test"
    assert content["event"] == {"action": "update", "scope": "repo.content"}
    assert (content["repo"]["name"], content["repo"]["headSha"]) == (repo, sha)
    assert content["webhook"] == {"id": hook.id, "version": 3}
    ada.create_discussion(repo, "A question", description="Why?")
    told = sorted((receiver.next()[1] for _ in range(2)), key=lambda one: str(one["event"]["scope"]))
    assert [one["event"]["scope"] for one in told] == ["discussion", "discussion.comment"]
    assert told[0]["discussion"]["title"] == "A question"
    assert told[1]["comment"]["content"] == "Why?"
    ada.disable_webhook(hook.id)
    ada.upload_file(path_or_fileobj=b"b\n", path_in_repo="a.txt", repo_id=repo)
    ada.enable_webhook(hook.id)
    ada.change_discussion_status(repo, 1, "closed")
    assert receiver.next()[1]["discussion"]["status"] == "closed"
    ada.delete_repo(repo)
    assert receiver.next()[1]["event"] == {"action": "delete", "scope": "repo"}
    ada.delete_webhook(hook.id)


def test_a_delivery_is_replayed_to_the_current_address(
    ada: HfApi, app: Starlette, url: str, receiver: Receiver
) -> None:
    watched = [{"type": "dataset", "name": "ada/weather-diaries"}]
    hook = ada.create_webhook(url="http://example.org/hook", watched=watched, secret="of-a-test")
    ada.create_discussion("ada/weather-diaries", "Once more?", repo_type="dataset")
    store: Store = app.state.store
    log = store.rows("select id from hook_deliveries where webhook = ? and scope = 'discussion'", hook.id)[0]
    again = {"webhook_id": hook.id, "log_id": log["id"]}
    assert "loopback" in told_at(url, "replay_webhook", again)
    ada.update_webhook(hook.id, watched=watched, url=receiver.url)
    assert "the receiver answered 200" in told_at(url, "replay_webhook", again)
    secret, payload = receiver.next()
    assert (secret, payload["discussion"]["title"]) == ("of-a-test", "Once more?")
    ada.delete_webhook(hook.id)


def test_events_of_a_private_repository_are_sent_only_to_those_who_may_see_it(
    ada: HfApi, url: str, receiver: Receiver
) -> None:
    eve = HfApi(endpoint=url, token=EVE)
    hooks = [
        (api, api.create_webhook(url=f"{receiver.url}?{name}", watched=[{"type": "user", "name": "ada"}]).id)
        for name, api in (("eve", eve), ("ada", ada))
    ]
    ada.create_repo("ada/secret-plan", private=True)
    assert receiver.next()[1]["webhook"]["id"] == hooks[1][1]
    ada.delete_repo("ada/secret-plan")
    assert receiver.next()[1]["webhook"]["id"] == hooks[1][1]
    for api, id in hooks:
        api.delete_webhook(id)


def test_a_webhook_with_a_job_begins_one_like_it(ada: HfApi) -> None:
    source = ada.run_job(image="alpine", command=["sleep", "60"], flavor="t4-small")
    watched = [{"type": "dataset", "name": "ada/weather-diaries"}]
    hook = ada.create_webhook(job_id=source.id, watched=watched, domains=["repo"])
    assert hook.job
    assert (hook.job.docker_image, hook.job.flavor) == ("alpine", "t4-small")
    changed = {"path_or_fileobj": b"a\n", "path_in_repo": "a.txt", "repo_type": "dataset"}
    ada.upload_file(repo_id="ada/weather-diaries", **changed)  # type: ignore[call-overload]  # one of its forms
    begun = next(iter(ada.list_jobs(namespace="ada")))
    assert begun.initiator
    assert (begun.initiator.type, begun.initiator.id) == ("webhook", hook.id)
    assert begun.command == ["sleep", "60"]
    assert (begun.environment or {})["WEBHOOK_REPO_ID"] == "ada/weather-diaries"
    ada.delete_webhook(hook.id)


def test_an_address_elsewhere_is_never_called(ada: HfApi, app: Starlette) -> None:
    watched = [{"type": "dataset", "name": "ada/weather-diaries"}]
    hook = ada.create_webhook(url="http://example.org/hook", watched=watched)
    ada.create_discussion("ada/weather-diaries", "Another question", repo_type="dataset")
    store: Store = app.state.store
    noted = store.rows("select outcome from hook_deliveries where webhook = ?", hook.id)
    assert {row["outcome"] for row in noted} == {"not called: only loopback addresses are"}
    ada.delete_webhook(hook.id)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_known_by_its_own_word(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "10.0.0.1", "8.8.8.8", "localhost.example.org", "127.0.0.1.nip.io", "2130706433"]
)
def test_any_other_address_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example", ""]
)
def test_a_name_that_a_web_page_has_resolve_to_this_machine_changes_nothing_and_calls_nobody(
    receiver: Receiver, host: str
) -> None:
    hook = {"watched": [{"type": "user", "name": "ada"}], "domains": ["repo"], "url": receiver.url}
    signed_in = {"Authorization": f"Bearer {ADA}"}
    with (
        serving(create_app()) as url,
        httpx.Client(base_url=url, headers=signed_in, trust_env=False, timeout=PATIENCE) as browser,
    ):
        before = browser.get("/api/settings/webhooks").json()
        refused = browser.post("/api/settings/webhooks", json=hook, headers={"Host": f"{host}:8000"})
        assert refused.status_code == 400
        assert browser.get("/api/settings/webhooks").json() == before
        named = browser.get("/api/whoami-v2", headers={"Host": "team.localhost:8000"})
        assert named.json()["name"] == "ada"
