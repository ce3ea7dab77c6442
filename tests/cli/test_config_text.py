"""Edits of configuration texts change only the one value, whatever the layout."""

from __future__ import annotations

import json
import random
import re
import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hub_mcp.cli.assistants import jsonc
from hub_mcp.cli.assistants.config_edits import put_toml, put_yaml, take_toml, take_yaml
from hub_mcp.cli.assistants.jsonc import Json, Unreadable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=4) | st.just("servers"), VALUES, max_size=4)
ENTRY: dict[str, Json] = {"command": "x", "args": ["--flag", "// not a comment"]}


def laid_out(value: Json, dice: random.Random) -> tuple[str, list[str]]:
    """A value as JSON with comments in a random layout, and the comments that are in it."""
    comments: list[str] = []

    def trivia() -> str:
        kind = dice.randrange(5)
        if kind == 0:
            comments.append(f"// c{len(comments)} {{")
            return f" {comments[-1]}\n  "
        if kind == 1:
            comments.append(f'/* c{len(comments)} " */')
            return f" {comments[-1]} "
        return dice.choice(["", " ", "\n", "\n    ", "\t"])

    def written(one: Json) -> str:
        if isinstance(one, dict):
            parts = [f"{json.dumps(key)}{trivia()}:{trivia()}{written(inner)}" for key, inner in one.items()]
            return "{" + listed(parts) + "}"
        if isinstance(one, list):
            return "[" + listed([written(inner) for inner in one]) + "]"
        return json.dumps(one)

    def listed(parts: list[str]) -> str:
        text = trivia()
        for n, part in enumerate(parts):
            last = n == len(parts) - 1
            text += trivia() + part + trivia() + ("," if not last or dice.random() < 0.3 else "") + trivia()
        return text

    return trivia() + written(value) + trivia(), comments


@given(OBJECTS, st.randoms(use_true_random=False))
def test_what_is_written_with_comments_is_read_as_if_without(
    value: dict[str, Json], dice: random.Random
) -> None:
    assert jsonc.read(laid_out(value, dice)[0]).value == value


@given(OBJECTS, st.randoms(use_true_random=False), st.booleans())
def test_an_entry_is_put_in_and_taken_out_of_any_layout(
    value: dict[str, Json], dice: random.Random, windows: bool
) -> None:
    if not isinstance(value.get("servers", {}), dict):
        value["servers"] = {}
    text, comments = laid_out(value, dice)
    text = text.replace("\n", "\r\n") if windows else text
    servers = value.get("servers", {})
    assert isinstance(servers, dict)
    present = "hub" in servers
    after = jsonc.put(text, ("servers", "hub"), ENTRY)
    assert jsonc.read(after).value == {**value, "servers": {**servers, "hub": ENTRY}}
    assert present or all(comment in after for comment in comments)
    again = jsonc.take(after, ("servers", "hub"))
    assert jsonc.read(again).value == {**value, "servers": {k: v for k, v in servers.items() if k != "hub"}}
    assert present or all(comment in again for comment in comments)


@given(st.text(max_size=40))
def test_a_text_that_is_no_json_is_refused_and_never_falls_over(text: str) -> None:
    try:
        value = jsonc.read(text).value
    except Unreadable:
        return
    assert json.loads(json.dumps(value)) == value or value != value  # NaN, which Python's reader allows


@pytest.mark.parametrize(
    "text", ['{"a": 1 "b": 2}', "{,}", "[1,,2]", '{"a"}', "{'a': 1}", "/* open", "{} {}", "[" * 99_999]
)
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        jsonc.read(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "s": {\n    "h": 1\n  }\n}\n'),
        ("{}", '{\n  "s": {\n    "h": 1\n  }\n}'),
        ('{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"s": {\n\t\t"h": 1\n\t}\n}\n'),
        ('{"a": 1}', '{"a": 1,\n  "s": {\n    "h": 1\n  }\n}'),
        ('{\n  "s": {}\n}', '{\n  "s": {\n    "h": 1\n  }\n}'),
        ('{\n  "s": {\n    "g": 0, // g\n  },\n}', '{\n  "s": {\n    "g": 0, // g\n    "h": 1,\n  },\n}'),
        ('{\n  "s": {\n    "g": 0 // g\n  }\n}', '{\n  "s": {\n    "g": 0, // g\n    "h": 1\n  }\n}'),
    ],
)
def test_an_entry_looks_as_if_its_owner_had_written_it(before: str, after: str) -> None:
    assert jsonc.put(before, ("s", "h"), 1) == after


def test_a_value_in_the_way_is_refused() -> None:
    with pytest.raises(Unreadable, match="servers is not an object"):
        jsonc.put('{"servers": []}', ("servers", "hub"), 1)


# ── TOML and YAML ───────────────────────────────────────────────────────────────────────────────────────────

TOML = '[a]\nx = 1\n\n# of b\n[b.c]\ny = "[a]"\n'


def test_a_toml_table_is_appended_replaced_and_taken_out() -> None:
    once = put_toml(TOML, ("s", "h"), ENTRY)
    assert once.startswith(TOML)
    assert tomllib.loads(once) == {**tomllib.loads(TOML), "s": {"h": ENTRY}}
    twice = put_toml(once, ("s", "h"), {"command": "y"})
    assert tomllib.loads(twice)["s"] == {"h": {"command": "y"}}
    assert take_toml(twice, ("s", "h")) == TOML


def test_the_comments_before_the_next_toml_table_stay_with_it() -> None:
    text = put_toml("", ("a", "h"), ENTRY) + "\n# of z\n[z]\nk = 1\n"
    assert take_toml(text, ("a", "h")) == "\n# of z\n[z]\nk = 1\n"


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), st.text(), max_size=3
    )
)
def test_any_text_survives_toml(entry: dict[str, str]) -> None:
    plain = {key: re.sub(r"[\x7f-\x9f\ud800-\udfff]", "", text) for key, text in entry.items()}
    assert tomllib.loads(put_toml("", ("s", 'odd "name"'), plain))["s"]['odd "name"'] == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "s:\n",
        "s: {}\na: 1\n",
        "s:\n  g: {b: 1}\na: 1\n",
        "s:\n    g:\n        b: 1\n\n# end\n",
        "a: 1",
    ],
)
def test_a_yaml_entry_is_put_in_and_taken_out(text: str) -> None:
    before = yaml.safe_load(text) or {}
    after = put_yaml(text, "s", "h", ENTRY)
    assert yaml.safe_load(after) == {**before, "s": {**(before.get("s") or {}), "h": ENTRY}}
    again = take_yaml(after, "s", "h")
    assert yaml.safe_load(again) == {**before, "s": before.get("s") or {}}
