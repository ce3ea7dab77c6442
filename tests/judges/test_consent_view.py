"""The view of a question in a real browser: a person answers it once, and the model learns the outcome."""

from __future__ import annotations

from typing import Any

from tests.judges.view_host import ViewHost, needs_a_host
from tests.judges.view_host import host as host  # a fixture
from tests.judges.view_host import nothing_left_the_frame as nothing_left_the_frame  # another

pytestmark = needs_a_host
MODEL = {"type": "model", "repo_id": "nimbus-labs/storm-atlas-7b"}
LIVES = "nimbus-labs/nowcast-base"
OPEN = "!document.getElementById('no').disabled"
OVER = "document.querySelector('#status.done, #status.not')?.innerText"


def exists(host: ViewHost, repo_id: str) -> bool:
    found = host.do("call", tool="get_model", arguments={"repo_id": repo_id})
    return not found.get("isError", False)


def text_of(result: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in result["content"])


def test_only_the_typed_name_lets_a_model_be_deleted_and_the_assistant_learns_the_outcome(
    host: ViewHost,
) -> None:
    opened = host.open("delete_repo", MODEL)
    token = opened["answer"]["_meta"]["hub_mcp/question"]["token"]
    assert token not in text_of(opened["answer"])
    host.until(OPEN)
    assert "cannot" in host.text("#cost")
    host.click("#name")
    host.do("type", text=MODEL["repo_id"][:-1])
    assert host.js("document.getElementById('yes').disabled")
    host.do("type", text=MODEL["repo_id"][-1:])
    host.until("!document.getElementById('yes').disabled")
    host.do("clickTwice", selector="#yes")
    assert "Confirmed by a person in a view." in host.until(OVER)
    assert not exists(host, MODEL["repo_id"])
    (call,) = host.seen["calls"]
    assert call["name"] == "answer_question"
    (message,) = host.left("messages")
    assert message["role"] == "user"
    assert message["content"][0]["text"].endswith("I answered yes. The change was made.")
    (context,) = host.seen["contexts"]
    assert MODEL["repo_id"] in context["content"][0]["text"]


def test_a_question_that_is_shown_once_more_is_not_answered_twice(host: ViewHost) -> None:
    opened = host.open("delete_repo", {**MODEL, "repo_id": LIVES})
    host.until(OPEN)
    host.click("#no")
    assert "said no" in host.until(OVER)
    host.open("delete_repo", result=opened["answer"])
    host.until(OPEN)
    host.click("#name")
    host.do("type", text=LIVES)
    host.until("!document.getElementById('yes').disabled")
    host.click("#yes")
    assert "already been used" in host.until(OVER)
    assert exists(host, LIVES)
    assert host.left("messages")[0]["content"][0]["text"].endswith("The change was not made.")


def test_a_no_changes_nothing_and_says_so(host: ViewHost) -> None:
    host.open("delete_repo", {**MODEL, "repo_id": LIVES})
    host.until(OPEN)
    host.do("page", js="document.getElementById('view').contentWindow.focus()")
    host.js("document.getElementById('no').focus()")
    host.do("press", key="Enter")
    assert "Nothing was changed." in host.until(OVER)
    assert exists(host, LIVES)
    assert host.js("[...document.querySelectorAll('button')].every(one => one.disabled)")


def test_a_question_that_has_just_appeared_cannot_be_agreed_to_at_once(host: ViewHost) -> None:
    host.open(
        "commit",
        {**MODEL, "repo_id": LIVES, "summary": "x", "files": [{"path": "README.md", "content": "x"}]},
    )
    opened = host.js("[shownAt, document.getElementById('yes').disabled, Date.now() - shownAt < LOOK]")
    assert opened[1] or not opened[2]
    host.until("!document.getElementById('yes').disabled")
    assert host.js("Date.now() - shownAt >= LOOK")


def test_a_host_that_passes_no_answer_on_leaves_it_unanswered(host: ViewHost) -> None:
    host.open("delete_repo", {**MODEL, "repo_id": LIVES}, can={})
    assert "cannot be answered here" in host.until(OVER)
    assert host.js("[...document.querySelectorAll('button')].every(one => one.disabled)")


def test_a_model_that_calls_the_views_tool_is_refused(host: ViewHost) -> None:
    opened = host.open("delete_repo", {**MODEL, "repo_id": LIVES})
    question = opened["answer"]["_meta"]["hub_mcp/question"]
    said = {name: question[name] for name in ("token", "tool", "arguments")}
    for key in ("", "0" * 32):
        forged = {**said, "key": key, "yes": True, "name": LIVES}
        refused = host.do("call", tool="answer_question", arguments=forged)
        assert refused["isError"]
        assert "Nothing was changed." in text_of(refused)
    assert exists(host, LIVES)
    (tool,) = [one for one in host.do("tools") if one["name"] == "answer_question"]
    assert tool["_meta"]["ui"]["visibility"] == ["app"]


def test_a_commit_is_shown_with_removed_and_added_lines(host: ViewHost) -> None:
    files = [{"path": "README.md", "content": "<script>parent.postMessage(1,'*')</script>\n# Nowcast\n"}]
    host.open("commit", {**MODEL, "repo_id": LIVES, "summary": "New words", "files": files})
    host.until(OPEN)
    lines = host.js("[...document.querySelectorAll('.lines .more')].map(one => one.innerText)")
    assert "+<script>parent.postMessage(1,'*')</script>" in lines
    assert host.js("document.querySelectorAll('.lines .less').length") > 0
    assert host.js("document.querySelectorAll('main script').length") == 0


def test_what_strangers_wrote_is_text_in_a_question_too(host: ViewHost) -> None:
    hostile = "<script>parent.postMessage('yes','*')</script><img src=//evil.example>"
    shown = {"headline": hostile, "cost": hostile, "facts": [hostile], "retype": hostile, "token": "t"}
    more = {"until": 4e9, "answer_tool": "x", "tool": "y", "arguments": {}, "diff": []}
    diff = [{"path": hostile, "said": hostile, "lines": [f"+{hostile}"]}]
    result = {"content": [], "_meta": {"hub_mcp/question": {**shown, **more, "diff": diff}}}
    host.open("delete_repo", result=result)
    host.until(OPEN)
    assert host.text("#title").startswith("<script>")
    assert host.js("document.querySelectorAll('main script, main img').length") == 0


def test_a_change_that_asked_nobody_is_shown_as_done(host: ViewHost) -> None:
    host.open("create_repo", {"repo_id": "ada/rainy-days", "type": "model", "visibility": "private"})
    assert "ada/rainy-days" in host.until("document.querySelector('#status.done')?.innerText")
    assert host.js("document.getElementById('question').hidden")


def test_a_question_before_the_handshake_waits_for_it_and_its_view_ends_in_order(host: ViewHost) -> None:
    host.open("delete_repo", {**MODEL, "repo_id": LIVES}, early=True, theme="dark")
    host.until(OPEN)
    assert host.js("document.documentElement.dataset.theme") == "dark"
    assert host.do("page", js="window.teardown()") == {}
    host.until("document.getElementById('no').disabled")
    assert exists(host, LIVES)
