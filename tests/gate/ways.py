"""The table of effects: for each effect, a call with every tool and argument that leads to it.

Every argument of every tool that changes something stands in `ways`, or in HARMLESS with the reason; one in
the path that only says what is changed needs neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import anyio

from hub_mcp.catalogue.stakes import Impact
from tests.gate.gates import World
from tests.written import SOURCE

ORG = "nimbus-labs"
PRIVATE = {"repo_id": "ada/notes-to-self", "type": "model"}
PUBLIC = {"repo_id": "ada/fjord-names", "type": "model"}
GATED = {"repo_id": f"{ORG}/partners-preview", "type": "model"}
SPACE = {"repo_id": "ada/fresh", "type": "space", "sdk": "gradio"}
APP = [{"path": "app.py", "content": "print('hello')"}]
JOIN = {"enabled": True, "role": "read"}
SECRET_ITEM = {"type": "model", "id": "ada/notes-to-self"}
DESTROYS, MOVES, OPENS, CLOSES_OUT, SPENDS, SENDS_OUT, RUNS, PUBLISHES = Impact
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
RAIN = {"repo_id": f"{ORG}/will-it-rain", "type": "space"}
RADARS = {"repo_id": f"{ORG}/nowcast-base", "type": "model"}
APP_OF_ADA = {"repo_id": "ada/forecast-reader", "type": "space"}


@dataclass(frozen=True)
class Way:
    """One way to an effect: an argument of a tool, in a call that has the effect by that argument."""

    effect: Impact
    tool: str
    argument: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.effect.value}: {self.tool} {self.argument}"


@dataclass(frozen=True)
class Ids:
    """What the local Hub's world calls the things that the table is about."""

    storm: dict[str, Any]
    partners: dict[str, Any]
    interns: dict[str, Any]
    closed: str  # a private collection of ada's, with something private in it
    open: str  # a public one, with something public in it
    item: str  # the id of that
    said: str  # a comment of ada's


@cache
def ids() -> Ids:
    async def look() -> Ids:
        world = World(Path())
        groups = {
            one["name"]: {"organization": ORG, "resource_group_id": one["id"]}
            for one in await world.json(f"/api/organizations/{ORG}/resource-groups")
        }
        collections = await world.json("/api/collections?owner=ada&limit=100")
        closed = next(one["slug"] for one in collections if one["private"])
        shelf = next(one["slug"] for one in collections if not one["private"] and one["items"])
        item = (await world.json(f"/api/collections/{shelf}"))["items"][0]["_id"]
        events = (await world.json(f"/api/models/{RADARS['repo_id']}/discussions/1"))["events"]
        said = next(one["id"] for one in events if one["author"]["name"] == "ada")
        return Ids(
            groups["Storm team"], groups["Partners"], groups["Interns 2026"], closed, shelf, item, said
        )

    return anyio.run(look)


@cache
def ways() -> list[Way]:
    """Effect × every tool and argument that reaches it."""
    known = ids()
    storm, partners, interns = known.storm, known.partners, known.interns
    a_storm_model = [{"type": "model", "name": f"{ORG}/storm-atlas-7b"}]
    group = {"organization": ORG, "name": "Fresh"}
    dan = [{"user": "dan", "role": "write"}]
    return [
        Way(SPENDS, "create_repo", "hardware", {**SPACE, "visibility": "private", "hardware": "t4-small"}),
        Way(
            SPENDS,
            "create_repo",
            "sleep_time_seconds",
            {**SPACE, "hardware": "a10g-small", "sleep_time_seconds": -1},
        ),
        Way(SPENDS, "create_repo", "sleep_time_seconds", {**SPACE, "sleep_time_seconds": 86_400}),
        Way(RUNS, "create_repo", "files.content", {**SPACE, "visibility": "private", "files": APP}),
        Way(RUNS, "create_repo", "template", {**SPACE, "visibility": "private", "template": "a/b"}),
        Way(RUNS, "create_repo", "dev_mode_enabled", {**SPACE, "dev_mode_enabled": True}),
        Way(OPENS, "create_repo", "files.content", {"repo_id": "ada/fresh", "type": "dataset", "files": APP}),
        Way(
            OPENS,
            "create_repo",
            "visibility",
            {"repo_id": "ada/fresh", "type": "model", "visibility": "public", "files": APP},
        ),
        Way(OPENS, "create_repo", "variables.value", {**SPACE, "variables": [{"key": "a", "value": "b"}]}),
        Way(
            OPENS,
            "create_repo",
            "resource_group_id",
            {"repo_id": f"{ORG}/fresh", "type": "model", "resource_group_id": storm["resource_group_id"]},
        ),
        Way(DESTROYS, "delete_repo", "repo_id", PRIVATE),
        Way(OPENS, "update_repo_settings", "visibility", {**PRIVATE, "visibility": "public"}),
        Way(CLOSES_OUT, "update_repo_settings", "visibility", {**PUBLIC, "visibility": "private"}),
        Way(OPENS, "update_repo_settings", "gated", {**GATED, "gated": "false"}),
        Way(OPENS, "update_repo_settings", "gated", {**GATED, "gated": "auto"}),
        Way(CLOSES_OUT, "update_repo_settings", "gated", {**PUBLIC, "gated": "manual"}),
        Way(OPENS, "update_repo_settings", "org_members_gated", {**GATED, "org_members_gated": False}),
        Way(CLOSES_OUT, "update_repo_settings", "org_members_gated", {**GATED, "org_members_gated": True}),
        Way(
            SENDS_OUT,
            "update_repo_settings",
            "gated_notifications_email",
            {**GATED, "gated_notifications_email": "eve@example.org"},
        ),
        Way(
            CLOSES_OUT,
            "update_repo_settings",
            "discussions_disabled",
            {**PUBLIC, "discussions_disabled": True},
        ),
        Way(OPENS, "update_repo_settings", "discussions_disabled", {**PUBLIC, "discussions_disabled": False}),
        Way(
            MOVES,
            "move_repo",
            "to_repo",
            {"from_repo": PRIVATE["repo_id"], "to_repo": "ada/diary", "type": "model"},
        ),
        Way(
            OPENS,
            "move_repo",
            "to_repo",
            {"from_repo": PRIVATE["repo_id"], "to_repo": f"{ORG}/diary", "type": "model"},
        ),
        Way(
            CLOSES_OUT,
            "move_repo",
            "to_repo",
            {"from_repo": f"{ORG}/dialect-probe", "to_repo": "ada/probe", "type": "model"},
        ),
        Way(OPENS, "create_collection", "item", {"title": "New", "namespace": "ada", "item": SECRET_ITEM}),
        Way(
            OPENS,
            "create_collection",
            "item",
            {"title": "New", "namespace": ORG, "private": True, "item": SECRET_ITEM},
        ),
        Way(
            OPENS,
            "create_collection",
            "private",
            {"title": "New", "namespace": "ada", "private": False, "item": SECRET_ITEM},
        ),
        Way(
            OPENS,
            "create_collection",
            "resource_group_id",
            {
                "title": "New",
                "namespace": ORG,
                "private": True,
                "resource_group_id": storm["resource_group_id"],
            },
        ),
        Way(OPENS, "update_collection", "private", {"slug": known.closed, "private": False}),
        Way(CLOSES_OUT, "update_collection", "private", {"slug": known.open, "private": True}),
        Way(CLOSES_OUT, "update_collection", "gating", {"slug": known.open, "gating": "manual"}),
        Way(DESTROYS, "delete_collection", "slug", {"slug": known.closed}),
        Way(OPENS, "add_collection_item", "item", {"slug": known.open, "item": SECRET_ITEM}),
        Way(
            OPENS,
            "add_collection_item",
            "note",
            {"slug": known.open, "item": SECRET_ITEM, "note": "where the keys are"},
        ),
        Way(DESTROYS, "delete_collection_item", "item_id", {"slug": known.open, "item_id": known.item}),
        Way(MOVES, "create_resource_group", "repos.name", {**group, "repos": a_storm_model}),
        Way(OPENS, "create_resource_group", "users.role", {**group, "repos": a_storm_model, "users": dan}),
        Way(
            OPENS,
            "create_resource_group",
            "users.role",
            {**group, "users": [{"user": "dan", "role": "admin"}]},
        ),
        Way(
            CLOSES_OUT,
            "create_resource_group",
            "users.role",
            {**group, "repos": a_storm_model, "users": [{"user": "dan", "role": "no_access"}]},
        ),
        Way(OPENS, "create_resource_group", "auto_join.enabled", {**group, "auto_join": JOIN}),
        Way(SPENDS, "update_resource_group", "spend_limits.total", {**storm, "spend_limits": {"total": -1}}),
        *(
            Way(
                SPENDS,
                "update_resource_group",
                f"spend_limits.{product}",
                {**storm, "spend_limits": {product: 0}},
            )
            for product in ("inference_providers", "spaces", "jobs", "endpoints")
        ),
        Way(OPENS, "update_resource_group_settings", "auto_join.enabled", {**storm, "auto_join": JOIN}),
        Way(
            OPENS,
            "update_resource_group_settings",
            "auto_join.role",
            {**partners, "auto_join": {"enabled": True, "role": "write"}},
        ),
        Way(
            OPENS,
            "update_resource_group_settings",
            "auto_join.scope",
            {**partners, "auto_join": {**JOIN, "scope": "all"}},
        ),
        Way(DESTROYS, "delete_resource_group", "resource_group_id", storm),
        Way(
            OPENS,
            "add_resource_group_users",
            "users.role",
            {**storm, "users": [{"user": "dan", "role": "read"}]},
        ),
        Way(OPENS, "add_resource_group_users", "users.role", {**storm, "users": dan}),
        Way(
            OPENS,
            "add_resource_group_users",
            "users.role",
            {**interns, "users": [{"user": "dan", "role": "admin"}]},
        ),
        Way(
            CLOSES_OUT,
            "add_resource_group_users",
            "users.role",
            {**storm, "users": [{"user": "dan", "role": "no_access"}]},
        ),
        Way(DESTROYS, "remove_resource_group_user", "username", {**storm, "username": "cleo"}),
        Way(CLOSES_OUT, "remove_resource_group_user", "username", {**storm, "username": "cleo"}),
        Way(
            DESTROYS,
            "update_resource_group_user_role",
            "role",
            {**storm, "username": "cleo", "role": "no_access"},
        ),
        Way(
            CLOSES_OUT,
            "update_resource_group_user_role",
            "role",
            {**storm, "username": "cleo", "role": "read"},
        ),
        Way(
            CLOSES_OUT,
            "update_resource_group_user_role",
            "role",
            {**storm, "username": "bob", "role": "write"},
        ),
        Way(OPENS, "update_resource_group_user_role", "role", {**storm, "username": "cleo", "role": "write"}),
        Way(
            OPENS,
            "update_resource_group_user_role",
            "role",
            {**partners, "username": "bob", "role": "contributor"},
        ),
        Way(
            MOVES,
            "set_repo_resource_group",
            "resource_group_id",
            {**GATED, "resource_group_id": storm["resource_group_id"]},
        ),
        Way(OPENS, "set_repo_resource_group", "resource_group_id", {**GATED, "resource_group_id": "none"}),
        Way(
            CLOSES_OUT,
            "set_repo_resource_group",
            "resource_group_id",
            {
                "repo_id": f"{ORG}/dialect-probe",
                "type": "model",
                "resource_group_id": storm["resource_group_id"],
            },
        ),
        *_of_discussions(known.said),
        *_of_commits(),
        *_of_copies(storm["resource_group_id"]),
        *_of_jobs(storm["resource_group_id"]),
        *_of_webhooks(),
        *_of_notifications(),
        *_of_refs(),
        *_of_large_files(),
        *_of_attachments(),
        *_of_running_spaces(),
        *_of_access(),
        *_of_members(storm["resource_group_id"]),
    ]


def _of_members(group: str) -> list[Way]:
    """What another role in an organization, or in one of its groups, gives and takes."""
    dan = {"organization": ORG, "username": "dan"}
    joins = {**dan, "role": "read", "resource_groups": [{"id": group, "role": "read"}]}
    return [
        Way(OPENS, "set_member_role", "role", {**dan, "role": "write"}),
        Way(CLOSES_OUT, "set_member_role", "role", {"organization": ORG, "username": "bob", "role": "read"}),
        Way(OPENS, "set_member_role", "resource_groups.role", joins),
    ]


def _of_access() -> list[Way]:
    """Who gets or loses access to a gated repository, or learns why not."""
    many = {**GATED, "users": ["eve", "bruno-abe"]}
    why = {"status": "rejected", "reason": "Not this year."}
    return [
        Way(OPENS, "handle_access_request", "status", {**GATED, "user": "eve", "status": "accepted"}),
        Way(
            CLOSES_OUT, "handle_access_request", "status", {**GATED, "user": "bruno-abe", "status": "pending"}
        ),
        Way(CLOSES_OUT, "handle_access_request", "status", {**GATED, "user": "eve", "status": "rejected"}),
        Way(CLOSES_OUT, "handle_access_request", "status", {**GATED, "user": "eve", "status": "reset"}),
        Way(SENDS_OUT, "handle_access_request", "reason", {**GATED, "user": "chiara-abe", **why}),
        Way(OPENS, "handle_access_requests", "users", {**many, "status": "accepted"}),
        Way(CLOSES_OUT, "handle_access_requests", "status", {**many, "status": "pending"}),
        Way(SENDS_OUT, "handle_access_requests", "reason", {**many, **why}),
        Way(OPENS, "grant_access", "user", {**GATED, "user": "yara-abe"}),
        Way(CLOSES_OUT, "cancel_access_request", "repo_id", GATED),
        Way(SENDS_OUT, "ask_access", "repo_id", GATED),
        Way(SENDS_OUT, "ask_access", "answers", {**GATED, "answers": {"Affiliation": "Nimbus Labs"}}),
    ]


def _of_running_spaces() -> list[Way]:
    """What a Space costs, and what it loses when it restarts or stops."""
    paid, free, off = (
        {"repo_id": f"{ORG}/forecast-desk"},
        {"repo_id": "ada/forecast-reader"},
        {"repo_id": "ada/scratchpad"},
    )
    desk = {"repo_id": f"{ORG}/will-it-rain"}
    diary = {"type": "model", "source": PRIVATE["repo_id"], "mount_path": "/diary"}
    archive = {"type": "bucket", "source": f"{ORG}/radar-frames", "mount_path": "/data"}
    return [
        Way(SPENDS, "set_space_hardware", "flavor", {**free, "flavor": "t4-small"}),
        Way(DESTROYS, "set_space_hardware", "flavor", {**paid, "flavor": "cpu-basic"}),
        Way(
            SPENDS,
            "set_space_hardware",
            "sleep_time_seconds",
            {**paid, "flavor": "cpu-upgrade", "sleep_time_seconds": -1},
        ),
        Way(SPENDS, "set_space_sleep_time", "seconds", {**paid, "seconds": -1}),
        Way(SPENDS, "set_space_sleep_time", "seconds", {**paid, "seconds": 604_800}),
        Way(OPENS, "set_space_dev_mode", "enabled", {**free, "enabled": True}),
        Way(DESTROYS, "set_space_dev_mode", "enabled", {**free, "enabled": True}),
        Way(CLOSES_OUT, "pause_space", "repo_id", free),
        Way(DESTROYS, "pause_space", "repo_id", free),
        Way(DESTROYS, "restart_space", "repo_id", free),
        Way(SPENDS, "restart_space", "repo_id", paid),
        Way(RUNS, "restart_space", "repo_id", off),
        Way(DESTROYS, "restart_space", "factory", {**free, "factory": True}),
        Way(OPENS, "set_space_volumes", "volumes.source", {**free, "volumes": [diary]}),
        Way(OPENS, "set_space_volumes", "volumes.type", {**off, "volumes": [archive]}),
        Way(
            OPENS,
            "set_space_volumes",
            "volumes.read_only",
            {**paid, "volumes": [{**archive, "read_only": False}]},
        ),
        Way(DESTROYS, "set_space_volumes", "volumes.source", {**free, "volumes": [diary]}),
        Way(DESTROYS, "delete_space_volumes", "repo_id", paid),
        Way(OPENS, "set_space_variable", "value", {**free, "key": "MODEL", "value": "gpt2"}),
        Way(DESTROYS, "set_space_variable", "key", {**free, "key": "MODEL", "value": "gpt2"}),
        Way(DESTROYS, "delete_space_variable", "key", {**desk, "key": "GREETING"}),
        Way(SENDS_OUT, "set_space_secret", "source", {**free, "key": "API_KEY", "source": SOURCE}),
        Way(OPENS, "set_space_secret", "source", {**free, "key": "API_KEY", "source": SOURCE}),
        Way(DESTROYS, "set_space_secret", "key", {**free, "key": "API_KEY", "source": SOURCE}),
        Way(DESTROYS, "delete_space_secret", "key", {**desk, "key": "MAPS_KEY"}),
    ]


def _of_refs() -> list[Way]:
    """What removes commits: resetting or deleting a branch, deleting a tag, squashing a history."""
    return [
        Way(DESTROYS, "create_branch", "overwrite", {**PUBLIC, "branch": "main", "overwrite": True}),
        Way(DESTROYS, "delete_branch", "branch", {**PUBLIC, "branch": "experimental"}),
        Way(DESTROYS, "delete_tag", "tag", {**PUBLIC, "tag": "v1.0"}),
        Way(DESTROYS, "super_squash", "revision", {**PUBLIC, "revision": "main"}),
        Way(DESTROYS, "super_squash", "message", {**PUBLIC, "revision": "main", "message": "All of it."}),
    ]


def _of_attachments() -> list[Way]:
    """What is put where everyone who knows its address sees it."""
    return [Way(OPENS, "upload_attachment", "content", {"content": f"{'/+MY' * 10}"})]


def _of_large_files() -> list[Way]:
    """What takes the bytes of large files away, and the ids of commits with them."""
    weights = {**PUBLIC, "sha": ["e0c8e9f833d96028e72348b308e512dcc5862d1a1a4ef24001c750ff54f410e6"]}
    return [
        Way(DESTROYS, "delete_lfs_files", "sha", weights),
        Way(DESTROYS, "delete_lfs_files", "rewrite_history", {**weights, "rewrite_history": False}),
    ]


def _of_commits() -> list[Way]:
    """What a commit replaces, deletes, moves, proposes and runs; what only adds to a branch asks nobody."""
    card = {**PUBLIC, "summary": "Shorten the card"}
    note = [{"path": "NOTES.md", "content": "A note."}]
    proposed = {**PUBLIC, "summary": "Add notes", "files": note, "create_pr": True}
    whole = [{"path": "README.md", "content": "Short."}]
    moved = [{"path": "c", "old_path": "config.json"}]
    exact = [{"path": "README.md", "old": "A weekend's work", "new": "Years of work"}]
    return [
        Way(DESTROYS, "commit", "files.content", {**card, "files": whole}),
        Way(DESTROYS, "commit", "files.old", {**card, "files": exact}),
        Way(DESTROYS, "commit", "files.old_path", {**card, "files": moved}),
        Way(DESTROYS, "commit", "files.delete", {**card, "files": [{"path": "config.json", "delete": True}]}),
        Way(PUBLISHES, "commit", "create_pr", proposed),
        Way(PUBLISHES, "commit", "description", {**proposed, "description": "What was asked most."}),
        Way(
            PUBLISHES,
            "commit",
            "revision",
            {**RADARS, "summary": "Add notes", "files": note, "revision": "refs/pr/2"},
        ),
        Way(RUNS, "commit", "type", {**APP_OF_ADA, "summary": "Add notes", "files": note}),
    ]


def _of_copies(group: str) -> list[Way]:
    copy = {**FJORDS, "to_repo": "ada/fjords"}
    app = {**RAIN, "to_repo": "ada/rain", "visibility": "private"}
    secret = {**PRIVATE, "to_repo": f"{ORG}/diary", "visibility": "private"}
    paid = {**app, "hardware": "t4-small"}
    return [
        Way(OPENS, "duplicate_repo", "visibility", {**copy, "visibility": "public"}),
        Way(OPENS, "duplicate_repo", "to_repo", secret),
        Way(RUNS, "duplicate_repo", "repo_id", app),
        Way(SPENDS, "duplicate_repo", "hardware", paid),
        Way(SPENDS, "duplicate_repo", "sleep_time_seconds", {**paid, "sleep_time_seconds": -1}),
        Way(
            OPENS,
            "duplicate_repo",
            "variables.value",
            {**RAIN, "to_repo": "ada/rain", "variables": [{"key": "A", "value": "b"}]},
        ),
        Way(
            OPENS,
            "duplicate_repo",
            "resource_group_id",
            {**FJORDS, "to_repo": f"{ORG}/fjords", "visibility": "private", "resource_group_id": group},
        ),
    ]


def _ways_to_run(tool: str, job: dict[str, Any], group: str) -> list[Way]:
    """The ways of a tool that has a job run."""
    data = {"source": "ada/data", "mount_path": "/data"}
    of_space = {**job, "space_id": "a/b"}
    del of_space["docker_image"]
    return [
        Way(RUNS, tool, "docker_image", job),
        Way(RUNS, tool, "space_id", of_space),
        Way(RUNS, tool, "command", {**job, "command": ["python", "train.py"]}),
        Way(RUNS, tool, "arguments", {**job, "arguments": ["--epochs", "3"]}),
        Way(RUNS, tool, "environment", {**job, "environment": {"EPOCHS": "3"}}),
        Way(SPENDS, tool, "namespace", job),
        Way(SPENDS, tool, "flavor", job),
        Way(SPENDS, tool, "timeout_seconds", {**job, "timeout_seconds": 3_600}),
        Way(SPENDS, tool, "attempts", {**job, "attempts": 3}),
        Way(SPENDS, tool, "ports", {**job, "ports": [8000]}),
        Way(OPENS, tool, "ports_public", {**job, "ports_public": [8000]}),
        Way(OPENS, tool, "ssh", {**job, "ssh": True}),
        Way(OPENS, tool, "resource_group_id", {**job, "namespace": ORG, "resource_group_id": group}),
        Way(DESTROYS, tool, "volumes.read_only", {**job, "volumes": [{**data, "type": "bucket"}]}),
        Way(
            DESTROYS,
            tool,
            "volumes.source",
            {**job, "volumes": [{**data, "type": "bucket", "read_only": False}]},
        ),
    ]


def _of_jobs(group: str) -> list[Way]:
    job = {"namespace": "ada", "flavor": "t4-small", "docker_image": "python:3.12"}
    daily = {**job, "schedule": "@daily"}
    preview = {"namespace": ORG, "job_id": "6ac2a2b349eb83beef56e4f1"}
    rerun = {"namespace": "ada", "job_id": "6abf60ffca7ff55b1071f7af"}
    digest = {"namespace": "ada", "job_id": "6a6b95d0f7ffe8e4b4e8c51b"}
    return [
        *_ways_to_run("run_job", job, group),
        Way(RUNS, "rerun_job", "job_id", rerun),
        Way(SPENDS, "rerun_job", "job_id", rerun),
        Way(DESTROYS, "cancel_job", "job_id", {"namespace": ORG, "job_id": "6ac2a2b349eb83beef56e4f1"}),
        Way(SPENDS, "expose_job_ports", "ports", {**preview, "ports": [8000, 9000]}),
        Way(CLOSES_OUT, "expose_job_ports", "job_id", {**preview, "ports": [9000]}),
        Way(OPENS, "expose_job_ports", "ports_public", {**preview, "ports": [8000], "ports_public": [8000]}),
        *_ways_to_run("create_scheduled_job", daily, group),
        Way(SPENDS, "create_scheduled_job", "schedule", daily),
        Way(RUNS, "create_scheduled_job", "suspend", {**daily, "suspend": False}),
        Way(SPENDS, "create_scheduled_job", "concurrency", {**daily, "concurrency": True}),
        Way(SPENDS, "reschedule_job", "schedule", {**digest, "schedule": "@hourly"}),
        Way(RUNS, "resume_scheduled_job", "job_id", digest),
        Way(SPENDS, "trigger_scheduled_job", "job_id", digest),
        Way(DESTROYS, "delete_scheduled_job", "job_id", digest),
    ]


def _of_notifications() -> list[Way]:
    every, some = {"apply_to_all": True}, {"discussion_ids": ["0123456789abcdef01234567"]}
    return [
        Way(DESTROYS, "delete_notifications", "apply_to_all", every),
        Way(DESTROYS, "delete_notifications", "discussion_ids", some),
        Way(CLOSES_OUT, "update_notification_settings", "off", {"off": ["secret_detected"]}),
    ]


def _of_webhooks() -> list[Way]:
    watched = {"watched": [{"type": "model", "name": "ada/fjord-names"}]}
    everything = {"watched": [{"type": "org", "name": ORG}, {"type": "model", "name": "ada/fjord-names"}]}
    out = {"url": "https://example.org/hook"}
    job = {"job_source_id": "6abf60ffca7ff55b1071f7af", "job_namespace": "ada"}
    hook, off = {"webhook_id": "6908720c926214bcf1cbefa9"}, {"webhook_id": "6a0dd5d26579bd07dc5b0d23"}
    new = {**watched, "domains": ["repo"]}
    return [
        Way(SENDS_OUT, "create_webhook", "url", {**new, **out}),
        Way(SENDS_OUT, "create_webhook", "watched.name", {**everything, **out, "domains": ["repo"]}),
        Way(SENDS_OUT, "create_webhook", "domains", {**watched, **out, "domains": ["repo", "discussion"]}),
        Way(RUNS, "create_webhook", "job_source_id", {**new, **job}),
        Way(SPENDS, "create_webhook", "job_namespace", {**new, **job}),
        Way(SENDS_OUT, "update_webhook", "url", {**hook, **everything, **out}),
        Way(
            SENDS_OUT,
            "update_webhook",
            "watched.name",
            {**hook, "watched": [*everything["watched"], {"type": "dataset", "name": "ada/weather-diaries"}]},
        ),
        Way(DESTROYS, "update_webhook", "watched.type", {**hook, **watched}),
        Way(DESTROYS, "update_webhook", "domains", {**hook, **everything, "domains": ["repo"]}),
        Way(RUNS, "update_webhook", "job_source_id", {**hook, **everything, **job}),
        Way(SPENDS, "update_webhook", "job_namespace", {**hook, **everything, **job}),
        Way(RUNS, "toggle_webhook", "action", {**off, "action": "enable"}),
        Way(SENDS_OUT, "replay_webhook", "webhook_id", {**hook, "log_id": "6908720c7608852f146e1449"}),
        Way(RUNS, "replay_webhook", "log_id", {**off, "log_id": "6a0dd5d20aac16187717759a"}),
        Way(SPENDS, "replay_webhook", "log_id", {**off, "log_id": "6a0dd5d20aac16187717759a"}),
        Way(DESTROYS, "delete_webhook", "webhook_id", hook),
    ]


def _of_discussions(said: str) -> list[Way]:
    asks = {**FJORDS, "title": "A question", "description": "May I?"}
    thread, comment = {**FJORDS, "num": 1}, {**RADARS, "num": 1, "comment_id": said}
    proposed = {**RADARS, "num": 2}
    return [
        Way(PUBLISHES, "create_discussion", "title", asks),
        Way(PUBLISHES, "create_discussion", "description", asks),
        Way(PUBLISHES, "create_discussion", "pull_request", {**asks, "pull_request": True}),
        Way(PUBLISHES, "comment_discussion", "comment", {**thread, "comment": "Soon."}),
        Way(PUBLISHES, "edit_comment", "content", {**comment, "content": "Another answer."}),
        Way(DESTROYS, "hide_comment", "comment_id", comment),
        Way(
            PUBLISHES,
            "set_discussion_status",
            "comment",
            {**thread, "status": "closed", "comment": "Answered."},
        ),
        Way(DESTROYS, "merge_pull_request", "num", proposed),
        Way(PUBLISHES, "merge_pull_request", "comment", {**proposed, "comment": "Thank you."}),
        Way(DESTROYS, "delete_discussion", "num", thread),
        Way(DESTROYS, "delete_pr_ref", "num", proposed),
    ]


NAMES = "only says which thing it is"
PART_OF_IT = "only has an effect together with {}, which asks, and is shown with it"
WORDS = "a few words of the caller's own that tell nothing of anybody's things"
FILTERS = (
    "read_status", "repo_type", "repo_name", "post_author", "paper_id", "article_id", "mention",
    "last_update",
)  # fmt: skip
OF_NOTIFICATIONS = {
    **{("delete_notifications", name): PART_OF_IT.format("apply_to_all") for name in FILTERS},
    **{
        ("mark_notifications", name): "a mark for oneself, which can be changed back"
        for name in (*FILTERS, "apply_to_all", "discussion_ids", "unread")
    },
    **{
        ("update_notification_settings", name): "what one is told oneself, which can be changed back"
        for name in ("on", "product_updates_after", "prepaid_amount")
    },
    **{
        ("update_watch", f"{way}.{name}"): "what one is told oneself, which can be changed back"
        for way in ("add", "remove")
        for name in ("type", "id")
    },
}
RUNNING = ("run_job", "create_scheduled_job")
OF_JOBS = {
    **{(tool, "labels"): WORDS for tool in RUNNING},
    **{(tool, "arch"): "of a machine that `flavor` names, which asks" for tool in RUNNING},
    **{
        (tool, f"volumes.{name}"): PART_OF_IT.format("volumes.source")
        for tool in RUNNING
        for name in ("type", "mount_path", "revision", "path")
    },
    **{
        (tool, "labels"): "they only find a job again, and can be changed back"
        for tool in ("set_job_labels", "set_scheduled_job_labels")
    },
}
# Arguments that reach no effect by themselves, and why not.
HARMLESS = {
    ("create_repo", "repo_id"): "a new repository is empty, and its owner's own",
    ("create_repo", "type"): NAMES,
    ("create_repo", "sdk"): "without code nothing runs",
    ("create_repo", "license"): WORDS,
    ("create_repo", "license_name"): WORDS,
    ("create_repo", "license_link"): WORDS,
    ("create_repo", "region"): "where it lies costs nothing",
    ("create_repo", "files.path"): PART_OF_IT.format("files.content"),
    ("create_repo", "files.encoding"): PART_OF_IT.format("files.content"),
    ("create_repo", "short_description"): WORDS,
    ("create_repo", "sdk_version"): "another version of the same kit",
    ("create_repo", "variables.key"): PART_OF_IT.format("variables.value"),
    ("create_repo", "variables.description"): PART_OF_IT.format("variables.value"),
    ("delete_repo", "type"): NAMES,
    ("update_repo_settings", "gated_notifications_mode"): "how often, to an address that stays as it is",
    ("update_repo_settings", "discussions_sorting"): "an order of display",
    ("move_repo", "from_repo"): NAMES,
    ("move_repo", "type"): NAMES,
    ("create_collection", "title"): WORDS,
    ("create_collection", "description"): WORDS,
    ("create_collection", "namespace"): "a new collection is empty, and its owner's own",
    ("update_collection", "title"): WORDS,
    ("update_collection", "description"): WORDS,
    ("update_collection", "position"): "an order of display",
    ("update_collection", "theme"): "a colour",
    ("update_collection_item", "position"): "an order of display",
    ("create_resource_group", "name"): WORDS,
    ("create_resource_group", "description"): WORDS,
    ("create_resource_group", "users.user"): PART_OF_IT.format("users.role"),
    ("create_resource_group", "repos.type"): PART_OF_IT.format("repos.name"),
    ("create_resource_group", "auto_join.role"): PART_OF_IT.format("auto_join.enabled"),
    ("create_resource_group", "auto_join.scope"): PART_OF_IT.format("auto_join.enabled"),
    ("update_resource_group", "name"): WORDS,
    ("update_resource_group", "description"): WORDS,
    ("add_resource_group_users", "users.user"): PART_OF_IT.format("users.role"),
    **OF_JOBS,
    **OF_NOTIFICATIONS,
    ("create_webhook", "watched.type"): PART_OF_IT.format("watched.name"),
    ("create_branch", "branch"): "a name that was not there takes nothing away",
    ("create_branch", "starting_point"): PART_OF_IT.format("overwrite"),
    ("create_branch", "empty_branch"): PART_OF_IT.format("overwrite"),
    ("create_tag", "tag"): "a name that was not there; the Hub refuses one that is",
    ("create_tag", "message"): WORDS,
    ("commit", "summary"): "the headline of a history that everyone with the files sees",
    ("commit", "files.path"): "a file that was not there is one's own to add",
    ("commit", "files.encoding"): PART_OF_IT.format("files.content"),
    ("commit", "files.new"): PART_OF_IT.format("files.old"),
    ("duplicate_repo", "variables.key"): PART_OF_IT.format("variables.value"),
    ("duplicate_repo", "variables.description"): PART_OF_IT.format("variables.value"),
    ("set_discussion_status", "status"): "it can be changed back, and says nothing of its own",
    ("rename_discussion", "title"): "it can be changed back, and the old one stays in the thread",
    ("pin_discussion", "pinned"): "an order of display",
    ("set_member_role", "resource_groups.id"): PART_OF_IT.format("resource_groups.role"),
    ("handle_access_request", "user"): NAMES,
    ("handle_access_request", "request_id"): NAMES,
    ("set_space_variable", "description"): WORDS,
    ("set_space_secret", "description"): WORDS,
    ("set_space_volumes", "volumes.mount_path"): PART_OF_IT.format("volumes.source"),
    ("set_space_volumes", "volumes.revision"): PART_OF_IT.format("volumes.source"),
    ("set_space_volumes", "volumes.path"): PART_OF_IT.format("volumes.source"),
}


# Ways that need another change to the local Hub's world first.
AFTERWARDS = {
    ("update_collection", "gating"): "test_a_gate_of_a_collection_that_is_opened_asks",
    ("update_collection_item", "note"): "test_a_note_on_what_is_private_asks_where_everyone_can_read_it",
}
