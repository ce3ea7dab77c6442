"""Every change reports the new state, who agreed, and how to undo it; a missing name lists similar ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.change import Change
from tests.gate.gates import Asked, World, text_of
from tests.samples import CALLS
from tests.thoroughly import one_of
from tests.written import offering

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])
pytestmark = pytest.mark.asyncio
LEARNED = {
    "create_collection": {"{slug}": r"collection (\S+)\."},
    "comment_discussion": {"{comment}": r"comment (\w+)\)"},
}
SAID = {  # the words of those whose `outcome` somebody has read; a new one needs no line
    "create_repo": "Created the private model ada/new-model",
    "update_repo_settings": "ada/new-model: gated auto (was open).",
    "move_repo": "Renamed: ada/new-model is now ada/newer-model.",
    "delete_repo": "Deleted the model ada/newer-model",
    "create_resource_group": "Created the resource group Tests (",
    "update_resource_group": 'description "About storms." (was ',
    "update_resource_group_settings": "autoJoin enabled no",
    "add_resource_group_users": "dan (read)",
    "update_resource_group_user_role": "role of dan write (was read).",
    "remove_resource_group_user": 'Removed dan from the resource group "Storm team".',
    "set_repo_resource_group": 'resource group none (was "Storm team").',
    "delete_resource_group": "Deleted the resource group",
    "create_collection": "Created the collection ada/to-read-",
    "add_collection_item": "as number 1 of 1.",
    "update_collection_item": 'Its note is now "Very old.".',
    "update_collection": "theme green",
    "delete_collection_item": "0 items left.",
    "delete_collection": "Deleted the collection ada/to-read-",
    "create_discussion": "Opened the discussion 2 of the model ada/fjord-names: http",
    "comment_discussion": "Commented on discussion 1 of the model ada/fjord-names (comment ",
    "edit_comment": 'content "It is CC0: no rights reserved." (was "It is CC0.").',
    "hide_comment": "Hid a comment on discussion 1 of the model ada/fjord-names.",
    "rename_discussion": 'title "Licence of the word list" (was "A licence for the word list?").',
    "set_discussion_status": "status closed (was open). The comment was posted.",
    "pin_discussion": "discussion 2 of the model ada/fjord-names: pinned yes (was no).",
    "merge_pull_request": 'Merged pull request 2 into "main" of the model nimbus-labs/nowcast-base: 1 file',
    "create_branch": "The branch dev of the model ada/fjord-names is at main, commit ",
    "create_tag": "The tag v1 of the model ada/fjord-names is at dev.",
    "delete_tag": "Deleted the tag v1 of the model ada/fjord-names.",
    "upload_attachment": "Uploaded 68 bytes: http://hub.test/uploads/",
    "delete_lfs_files": "Deleted 1 large file of the model ada/reads-the-forecast, and the history was",
    "super_squash": "The history of dev of the model ada/fjord-names is one commit now.",
    "delete_branch": "Deleted the branch dev of the model ada/fjord-names, with the ",
    "commit": "Committed to main of the model ada/fjord-names: ",
    "duplicate_repo": "Copied the model ada/fjord-names to ada/fjord-names-copy, private, with ",
    "unlike_repo": "Took your like of the model nimbus-labs/nowcast-base back",
    "run_job": "of ada on t4-small.",
    "rerun_job": "of ada, with the settings of 6abf60ffca7ff55b1071f7af.",
    "set_job_labels": "job ada 6abf60ffca7ff55b1071f7af: labels team fjords (was name fjord-names).",
    "expose_job_ports": "that are reached from outside: 8000, 9000.",
    "cancel_job": "Cancelled the job 6ac2a2b349eb83beef56e4f1 of nimbus-labs.",
    "set_member_role": "dan in nimbus-labs: role contributor (was read).",
    "handle_access_request": "eve is now rejected (was pending) at nimbus-labs/partners-preview.",
    "handle_access_requests": "2 of 2 now accepted at nimbus-labs/partners-preview: ",
    "grant_access": "yara-abe can read the model nimbus-labs/partners-preview.",
    "ask_access": "Asked for access to the model nimbus-labs/partners-preview.",
    "cancel_access_request": "Withdrew your request for access to the dataset open-cartography/",
    "create_scheduled_job": "Created the scheduled job ",
    "reschedule_job": 'schedule "30 5 ',
    "set_scheduled_job_labels": "labels team fjords (was name digest).",
    "resume_scheduled_job": "scheduled job ada 6a6b95d0f7ffe8e4b4e8c51b: suspend no (was yes).",
    "trigger_scheduled_job": "Started the job ",
    "suspend_scheduled_job": "suspend yes (was no).",
    "delete_scheduled_job": "Deleted the scheduled job 6a6b95d0f7ffe8e4b4e8c51b of ada, with its secrets.",
    "mark_notifications": "Marked all notifications that match as read.",
    "delete_notifications": "Deleted all notifications that match.",
    "update_notification_settings": "Notifications: repo_release on; announcements off.",
    "update_watch": "Now watched: org 62b04c2815dc736ee6444480.",
    "create_webhook": "Created the webhook ",
    "update_webhook": "watched (type org, name nimbus-labs) (was ",
    "toggle_webhook": "The webhook 6908720c926214bcf1cbefa9 is disabled (was enabled).",
    "replay_webhook": "of the webhook 6a0dd5d26579bd07dc5b0d23; the receiver answered 200.",
    "delete_webhook": "Deleted the webhook 6908720c926214bcf1cbefa9, with its secret and its log.",
    "delete_pr_ref": "Deleted the branch of the pull request 1 of the model ada/mood-of-the-weather.",
    "delete_discussion": "Deleted the discussion 2 of the model ada/fjord-names, with all its comments.",
    "set_space_hardware": "hardware t4-small (was cpu-upgrade); sleepTimeSeconds 3,600 (was 172,800).",
    "set_space_sleep_time": "it sleeps only after 600 s without a visit (was 3,600 s).",
    "set_space_dev_mode": "devMode yes (was no).",
    "set_space_volumes": "Mounted into the Space nimbus-labs/forecast-desk: 1 volume, and no other.",
    "delete_space_volumes": "Detached all that was mounted into the Space nimbus-labs/forecast-desk;",
    "set_space_variable": "Set the variable MODEL of the Space nimbus-labs/forecast-desk, which restarts",
    "delete_space_variable": "Deleted the variable MODEL of the Space nimbus-labs/forecast-desk.",
    "set_space_secret": "Set the secret API_KEY of the Space nimbus-labs/forecast-desk, which restarts",
    "delete_space_secret": "Deleted the secret API_KEY of the Space nimbus-labs/forecast-desk.",
    "pause_space": "Paused: the Space nimbus-labs/forecast-desk does nothing and costs nothing until",
    "restart_space": "Restarted: the Space nimbus-labs/forecast-desk. It is at the stage BUILDING.",
}


@pytest.mark.parametrize("era", one_of(["auto", "legacy"], 0))
async def test_a_change_says_what_is_now_what_who_agreed_and_how_it_is_taken_back(
    tmp_path: Path, era: str
) -> None:
    world, person = World(tmp_path), Asked()
    learned, unsaid = dict[str, str](), dict(SAID)
    async with world.client(era, person, structured=False) as client:
        for tool, arguments in CALLS.items():
            if not ENDPOINTS[tool].changes:
                continue
            before = len(person.questions)
            given = {
                name: learned.get(one, one) if isinstance(one, str) else one
                for name, one in arguments.items()
            }
            result = await client.call_tool(tool, given)
            text = text_of(result)
            assert not result.is_error, text
            if (said := unsaid.pop(tool, None)) is None:
                assert "Done: " not in text, f"{tool} says in `outcome` what is now what"
            else:
                assert said in text
            asked = len(person.questions) > before
            assert (f"{'Confirmed by a person in a form' if asked else 'Nobody was asked'}." in text) is True
            undo = re.search(r"To undo: `hub-mcp undo (\w+)`", text)
            [entry] = [one for one in world.entries() if one.outcome == "done"][-1:]
            assert (undo is not None) is (entry.undo is not None)
            assert undo is None or undo[1] == entry.change
            line = ENDPOINTS[tool].line
            never = "It cannot be undone" if line.destroys or line.retype else "undo` cannot undo it"
            assert undo is not None or f"{never} (journal: {entry.change})." in text
            for name, pattern in LEARNED.get(tool, {}).items():
                found = re.search(pattern, text)
                assert found
                learned[name] = found[1]
    assert not unsaid


async def test_the_new_order_is_reported_after_a_move(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.client("auto", Asked(), structured=False) as client:
        made = text_of(await client.call_tool("create_collection", {"title": "Order", "namespace": "ada"}))
        slug = re.search(r"collection (\S+)\.", made)
        assert slug
        for item in ("models/openai-community/gpt2", "datasets/rajpurkar/squad"):
            await client.call_tool("add_collection_item", {"slug": slug[1], "item": item})
        moved = {"slug": slug[1], "item_id": "datasets/rajpurkar/squad", "position": 0}
        text = text_of(await client.call_tool("update_collection_item", moved))
        assert "The order is now: datasets/rajpurkar/squad, models/openai-community/gpt2." in text


async def test_a_plan_confirmed_by_the_model_is_reported_as_such(tmp_path: Path) -> None:
    world = World(tmp_path)
    opened = {"repo_id": "ada/notes-to-self", "type": "model", "visibility": "public"}
    async with world.client("auto") as client:
        plan = (await client.call_tool("update_repo_settings", opened)).structured_content or {}
        done = await client.call_tool(
            "update_repo_settings", {**opened, "confirm_token": plan["confirm_token"]}
        )
    assert "Confirmed on the model's word." in text_of(done)
    assert "visibility public (was private)" in text_of(done)


NEAR = {
    ("get_model", "repo_id", "nimbus-labs/storm-atlas-8b"): "nimbus-labs/storm-atlas-7b",
    ("get_model", "repo_id", "rajpurkar/squad"): "datasets/rajpurkar/squad.",  # of another type
    ("list_discussions", "repo_id", "nimbus-labs/rain-gauges"): "datasets/nimbus-labs/rain-gauges.",
    ("get_model", "repo_id", "openai-community/gpt3"): "openai-community/gpt2",
    ("get_dataset", "repo_id", "rajpurkar/squat"): "rajpurkar/squad",
    ("get_space", "repo_id", "stabilityai/stable-difusion"): "stabilityai/stable-diffusion",
    ("get_user_overview", "username", "adaa"): "ada.",
    ("get_organization_overview", "organization", "nimbus-lab"): "nimbus-labs.",
    ("get_paper", "arxiv_id", "2610.10038"): "2610.10037",
    ("get_paper", "arxiv_id", "1810.04850"): "1810.04805.",  # of a month without daily papers
    ("get_paper", "arxiv_id", "1810.4805"): "1810.04805.",
    ("get_access", "repository", "models/storm-atlas-9b"): "nimbus-labs/storm-atlas-7b",
    ("set_member_role", "username", "dann"): "dan.",
    ("list_tree", "repo_id", "ada/fjord-name"): "ada/fjord-names.",
    ("get_file", "path", "REDME.md"): "README.md.",
    ("list_commits", "revision", "mian"): "main.",
    ("compare_revisions", "head", "mian"): "main.",
    ("get_collection", "slug", "Qwen/qwen3-667ee081d0d16ce2f4cbc29e"): "Qwen/qwen3-667ee081d0d16ce2f4cbc29d",
}


GROUP = {"organization": "nimbus-labs", "resource_group_id": "0" * 24}
GPT3 = "There are: openai-community/gpt2."
NOT_THERE: list[tuple[str, dict[str, Any], str]] = [
    ("update_watch", {"add": [{"type": "user", "id": "nobody-here"}]}, "found nothing for nobody-here"),
    ("add_collection_item", {"slug": "Rain & shine", "item": "models/openai-community/gpt3"}, GPT3),
    ("create_collection", {"title": "New", "namespace": "ada", "item": "models/openai-community/gpt3"}, GPT3),
    (
        "create_resource_group",
        {"organization": "nimbus-labs", "name": "New",
         "repos": [{"type": "model", "name": "nimbus-labs/storm-atlas-9b"}]},
        "There are: nimbus-labs/storm-atlas-7b",
    ),
    (
        "set_repo_resource_group",
        {"repo_id": "nimbus-labs/nowcast-2b", "type": "model", "resource_group_id": "0" * 24},
        "Resource group not found",
    ),
    (
        "set_space_volumes",
        {"repo_id": "nimbus-labs/forecast-desk",
         "volumes": [{"type": "dataset", "source": "rajpurkar/squat", "mount_path": "/data"}]},
        "There are: rajpurkar/squad",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "said", "near"), NOT_THERE, ids=[tool for tool, *_ in NOT_THERE])
async def test_nobody_is_asked_about_what_is_not_there(
    tmp_path: Path, tool: str, said: dict[str, Any], near: str
) -> None:
    world, person = World(tmp_path), Asked()
    async with world.client("auto", person, **offering(tool)) as client:
        refused = await client.call_tool(tool, said)
    assert refused.is_error
    assert near in text_of(refused)
    assert person.questions == []
    assert world.spy.changes == []


async def test_every_change_that_needs_another_thing_to_exist_was_tried() -> None:
    needing = {
        name for name, one in ENDPOINTS.items()
        if issubclass(one, Change) and one.must_be_there is not Change.must_be_there
    }  # fmt: skip
    assert needing == {tool for tool, *_ in NOT_THERE}


async def test_a_position_on_the_profile_is_reported_with_those_of_the_others(tmp_path: Path) -> None:
    async with World(tmp_path).client(confirm="off") as client:
        said = {"slug": "Rain & shine", "position": 1}
        text = text_of(await client.call_tool("update_collection", said))
    assert "position 1 (was 0). Positions on the profile are now: 0 ada/empty-shelf-" in text
    assert text.index("0 ada/to-try-in-winter-") < text.index("1 ada/rain-shine-")


@pytest.mark.parametrize(("tool", "name", "missing"), NEAR)
async def test_what_does_not_exist_is_answered_with_near_names_that_do(
    tmp_path: Path, tool: str, name: str, missing: str
) -> None:
    async with World(tmp_path).client() as client:
        text = text_of(await client.call_tool(tool, {**CALLS[tool], name: missing}))
    assert f"There are: {NEAR[tool, name, missing]}" in text
    assert ("Nothing was changed" in text) is ENDPOINTS[tool].changes  # of a read nobody thinks that it did


async def test_a_stranger_sees_no_private_name(tmp_path: Path) -> None:
    async with World(tmp_path).client(token="") as client:
        text = text_of(await client.call_tool("get_model", {"repo_id": "ada/notes-to-sel"}))
    assert "notes-to-self" not in text
