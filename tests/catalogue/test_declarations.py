"""A declaration that does not hold together fails at import, with a sentence that says what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.endpoint import delete, get


@pytest.fixture(autouse=True)
def catalogue_as_it_was() -> Any:
    before = dict(ENDPOINTS)
    yield
    ENDPOINTS.clear()
    ENDPOINTS.update(before)


def undocumented() -> None:
    @get("/api/thing")
    class GetThing(Endpoint[Done]):
        pass


def unknown_path_field() -> None:
    @get("/api/things/{thing_id}")
    class GetThing(Endpoint[Done]):
        """A thing."""


def optional_in_path() -> None:
    @get("/api/things/{thing}")
    class GetThing(Endpoint[Done]):
        """A thing."""

        thing: str | None = None


def deletes_without_words() -> None:
    @delete("/api/things/{thing}", destroys=" ")
    class DeleteThing(Endpoint[Done]):
        """Delete a thing."""

        thing: str


def retypes_a_stranger() -> None:
    @delete("/api/things/{thing}", destroys="the thing {thing}", retype="name")
    class DeleteThing(Endpoint[Done]):
        """Delete a thing."""

        thing: str


def destroys_a_stranger() -> None:
    @delete("/api/things/{thing}", destroys="the thing {nothing}")
    class DeleteThing(Endpoint[Done]):
        """Delete a thing."""

        thing: str


def of_two_types() -> None:
    @get("/api/things")
    class GetThing(Endpoint[Done]):
        """A thing."""

        thing: str | int | None = None


def in_camel_case() -> None:
    @get("/api/things")
    class GetThing(Endpoint[Done]):
        """A thing."""

        thingName: str | None = None


def with_a_name_too_long() -> None:
    @get("/api/things")
    class GetThingWhoseNameIsMuchTooLongForItsHosts(Endpoint[Done]):
        """A thing."""


@pytest.mark.parametrize(
    ("declare", "why"),
    [
        (undocumented, "a docstring is missing"),
        (unknown_path_field, "the path names 'thing_id', which is not one of its fields"),
        (optional_in_path, "'thing' is in the path, so it must be required"),
        (deletes_without_words, "`destroys=` must say in words what is lost"),
        (retypes_a_stranger, "retype= names 'name', which is not one of its fields"),
        (destroys_a_stranger, "destroys= names 'nothing', which is not one of its fields"),
        (of_two_types, "'thing' has more than one type"),
        (in_camel_case, "must be in snake_case"),
        (with_a_name_too_long, "is longer than 39 characters"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(declare: Callable[[], None], why: str) -> None:
    with pytest.raises(TypeError, match="Thing") as refusal:
        declare()
    assert why in str(refusal.value)


def test_a_delete_cannot_be_declared_without_destroys() -> None:
    with pytest.raises(TypeError, match="destroys"):
        delete("/api/things/{thing}")  # type: ignore[call-arg]  # that is the point
