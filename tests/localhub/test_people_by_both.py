"""People and their storage: our tools and `huggingface_hub` agree on the same Hub."""

from __future__ import annotations

import re

from huggingface_hub import HfApi

from hub_mcp.catalogue.answers import size

from .official import Told, api, by_lfs, told, told_at

__all__ = ["api", "by_lfs", "told"]


def rows(text: str) -> list[list[str]]:
    """The rows of a listing, without its head and what is said below it."""
    return [line.split("\t") for line in text.splitlines()[1:] if "\t" in line]


def test_a_profile_is_the_same_for_both(told: Told, api: HfApi) -> None:
    user, text = api.get_user_overview("ada"), told("get_user_overview", {"username": "@ADA"})
    assert f"user: {user.username}" in text
    assert f"numFollowers: {user.num_followers}" in text
    assert f"numLikes: {user.num_likes}" in text
    assert ", ".join(org.name for org in user.orgs) in text
    assert "avatar" not in text


def test_followers_and_the_followed_are_the_same_people(told: Told, api: HfApi) -> None:
    for tool, listed in (
        ("list_user_followers", api.list_user_followers("ada")),
        ("list_user_following", api.list_user_following("eve")),
    ):
        who = "ada" if tool.endswith("followers") else "eve"
        assert (
            {row[0] for row in rows(told(tool, {"username": who}))}
            == {one.username for one in listed}
            != set()
        )


def test_likes_are_the_same_repositories(told: Told, api: HfApi) -> None:
    liked = api.list_liked_repos("ada")
    shown = rows(told("list_user_likes", {"username": "ada"}))
    assert {name for name, type, *_ in shown if type == "model"} == set(liked.models)
    assert {name for name, type, *_ in shown if type == "space"} == set(liked.spaces)
    assert len(shown) == liked.total


def test_repositories_are_listed_with_their_storage_and_continue_after_a_cursor(
    told: Told, api: HfApi
) -> None:
    for tool, place, namespace in (
        ("list_my_repos", {}, None),
        ("list_org_repos", {"organization": "nimbus-labs"}, "nimbus-labs"),
    ):
        kept = {one.id: size(one.storage or 0) for one in api.list_user_repos(namespace)}
        found: dict[str, str] = {}
        asked = {**place, "limit": 5, "columns": ["id", "storage"]}
        while True:
            text = told(tool, asked)
            found |= {name: told_size for name, told_size, *_ in rows(text)}
            if not (more := re.search(r"More: cursor (\S+) or", text)):
                break
            asked["cursor"] = more[1]
        assert found == kept
    private = told("list_my_repos", {"type": "model", "search": "notes"})
    assert [row[0] for row in rows(private)] == ["ada/notes-to-self"]


def test_a_collection_is_put_into_a_group_by_the_client_and_shown_by_our_tool(told: Told, api: HfApi) -> None:
    made = api.create_collection("For interns", namespace="nimbus-labs")
    groups = told("list_resource_groups", {"organization": "nimbus-labs"})
    group = re.findall(r"[0-9a-f]{24}", groups)[0]
    asked = {"operation": "get_collection_resource_group", "arguments": {"slug": made.slug}}
    api.update_collection_resource_group(made.slug, group)
    assert group in told("read_operation", asked)
    api.update_collection_resource_group(made.slug, None)
    none = told_at(api.endpoint, "read_operation", asked)
    assert "This is in no resource group" in none
    assert "There are:" not in none  # the collection itself is there
    api.delete_collection(made.slug)
