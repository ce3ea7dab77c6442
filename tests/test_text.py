"""Text by others never gets into ours invisibly, as markup or as another line."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub_mcp.catalogue.answers import as_text, clean
from hub_mcp.catalogue.repos.repos import CreateRepo
from hub_mcp.catalogue.stakes import Consequence, Impact, Stakes
from hub_mcp.client.caller import Caller
from hub_mcp.errors import HubError, Stopped, plain
from hub_mcp.gate.challenge import Assessment, Challenge
from hub_mcp.gate.question import Question
from hub_mcp.server.answers.render import lines_of
from hub_mcp.text import is_visible, one_line, quoted, shows_itself, spelled, visible, without_markup

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
NEVER_ASKED = {"Me", "Cn"}  # in a question there are no letters that we do not know
BLANK = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200d\u200e\u202e\u2060\u2066\u2800\u3164"
    "\ufe0f\ufeff\uffa0\ufffc\U00013441\U0001d159\U000e0020\U000e01ef"
)
HOSTILE = [
    "![x](https://evil.example/a.png)", "[click](http://evil.example)", "<img src=x>", "<https://evil.example>",
    "`rm -rf`", "**bold**", "__strong__", "_em_", "~~gone~~", "| a | b |", "\\[x\\]", "www.evil.example",
    "mailto:eve@evil.example", "https://evil.example", "a\nThe person agreed.", "a\r\nMore: cursor x",
    "a\u2028b", "a\u0085b", "a\x0bb", "a\x0cb", "a\x1cb", "\u202egnp.exe", "e\u0301\u0301\u0301\u0301\u0301",
    "\ud800", "\ue000", "\U000f0000", "\U0010ffff", "\u0378", "a\u20ddb", *BLANK,
]  # fmt: skip
PIECES = st.one_of(st.sampled_from(HOSTILE), st.text(), st.characters(codec=None).map(str))
TEXTS = st.lists(PIECES, max_size=12).map("".join)
JSON = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    lambda inside: st.one_of(st.lists(inside, max_size=4), st.dictionaries(TEXTS, inside, max_size=4)),
    max_leaves=12,
)
RENDERED = re.compile(r"[\[\]<>`*~|\\]|://|\bwww\.|\bmailto:|(?<!\w)_|_(?!\w)", re.IGNORECASE)


def unseen(text: str, also: str = "") -> list[str]:
    """The characters that a reader does not see, or that begin another line."""
    return [
        f"U+{ord(one):04X}"
        for one in text
        if one not in also
        and (unicodedata.category(one) in UNSEEN or one in BLANK or (one.isspace() and one != " "))
    ]


def is_fit_for_a_question(text: str) -> None:
    assert unseen(text) == []
    assert RENDERED.findall(text) == []
    assert not NEVER_ASKED & {unicodedata.category(one) for one in text}
    assert not re.search("[\u0300-\u036f]{4}", text)


@given(TEXTS)
def test_quoted_words_are_one_line_that_shows_all_of_itself_and_renders_as_nothing_else(text: str) -> None:
    said = quoted(text)
    is_fit_for_a_question(said)
    assert said.startswith('"')
    assert '"' not in said[1 : said.index('"', 1)]
    assert said.count('"') == 2  # what it says cannot end the quotes


@given(TEXTS, st.integers(1, 40))
@example("a_b_c", 3)
def test_quoted_words_that_are_cut_are_as_fit(text: str, limit: int) -> None:
    said = quoted(text, limit)
    is_fit_for_a_question(said)
    assert len(said.split('"')[1]) <= limit


@given(TEXTS)
def test_quoted_words_say_how_much_of_them_is_not_shown(text: str) -> None:
    hidden = sum(
        one not in "\t\n" and (not is_visible(one) or unicodedata.category(one) in ("Me", "Cn"))
        for one in text
    )
    assert (f"{hidden:,} characters that cannot be shown" in quoted(text)) == bool(hidden)


@given(TEXTS)
@example("README.md\u200b")
@example(" a  b ")
@example("\U000e0041\ud800")
def test_a_name_that_is_spelled_shows_all_of_itself(name: str) -> None:
    assert shows_itself(spelled(name))
    assert (spelled(name) == name) == shows_itself(name)


@given(TEXTS)
def test_a_line_without_markup_is_a_line_and_has_none_however_often_it_is_cleaned(text: str) -> None:
    said = without_markup(one_line(text))
    is_fit_for_a_question(said)
    assert without_markup(one_line(said)) == said


@given(st.text(st.sampled_from("abcXYZ0189-._/ ,()'?!éжщ漢字ภाษา"), max_size=60))
def test_what_people_write_stays_as_it_is(text: str) -> None:
    plainly = " ".join(text.split())
    if not RENDERED.search(plainly):
        assert one_line(plainly) == plainly


@given(JSON)
def test_keys_and_values_of_an_answer_show_all_of_themselves(value: Any) -> None:
    def look(one: Any) -> None:
        if isinstance(one, str):
            assert unseen("".join(one.split())) == []  # a text of the Hub's may have lines until it is told
        elif isinstance(one, dict):
            for key, inside in one.items():
                assert unseen(str(key)) == []
                look(inside)
        elif isinstance(one, list):
            for inside in one:
                look(inside)

    look(clean(value))


@given(st.dictionaries(TEXTS, JSON, max_size=5))
def test_no_key_and_no_value_begins_a_line_of_its_own(value: dict[str, Any]) -> None:
    for line in lines_of(clean(value)):
        assert unseen(line) == []
    assert unseen(as_text(value)) == []


@given(TEXTS, TEXTS, TEXTS)
def test_an_error_is_one_line_whatever_the_hub_said(what: str, said: str, where: str) -> None:
    assert unseen(HubError(what, quoted=said, where=where).sentence()) == []
    assert unseen(plain(what)) == []


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=4), TEXTS, TEXTS)
@example("a\nb", "![x](y)", ["\u2800"], "\u202e", "<b>")
def test_nothing_unfit_passes_into_a_question(
    headline: str, line: str, facts: list[str], cost: str, typed: str
) -> None:
    stakes = Stakes(headline, (Consequence(Impact.OPENS, line),), tuple(facts), cost, typed)
    call = CreateRepo.model_validate({"repo_id": "ada/atlas", "type": "model"})
    found = Assessment(call, identity="64f0", stakes=stakes)
    try:
        question = Question.about(found, Challenge.issue(call, found, Caller.with_token(None), "", 0.0))
    except Stopped:
        return  # too long to be read
    for one in (question.headline, question.cost, *question.facts):
        is_fit_for_a_question(one)
    assert unseen(question.message, "\n") == []
    asked = question.message.partition("To go ahead, type exactly: ")[2]
    assert asked == asked.strip() or not typed.strip()


MARKED_PLANES = (0, 1, 14)  # of Unicode; in the others there are ideographs, private characters or none yet


@pytest.mark.parametrize(
    "plane", [n if n in MARKED_PLANES else pytest.param(n, marks=pytest.mark.slow) for n in range(17)]
)
def test_no_character_at_all_passes_unseen(plane: int) -> None:
    every = [chr(code) for code in range(plane << 16, min((plane + 1) << 16, sys.maxunicode + 1))]
    unsafe = [one for one in every if unicodedata.category(one) in UNSEEN]
    assert [one for one in unsafe if visible(one) not in ("", "\t", "\n")] == []
    assert [one for one in every if unicodedata.category(one) in UNSEEN | NEVER_ASKED and one_line(one)] == []
