"""An inconsistent declaration fails at import, with a sentence that says what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS, Change, Endpoint
from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import Nothing, delete, patch, post, put
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import FullRepoId, Owner, Segment
from hub_mcp.catalogue.people.users import Identity
from hub_mcp.catalogue.permissions import needs_of, never
from hub_mcp.catalogue.repos.repository import Repository, repository


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

        thing: Segment | None = None


def any_text_in_path() -> None:
    @get("/api/things/{thing}")
    class GetThing(Endpoint[Done]):
        """A thing."""

        thing: str


def deletes_without_words() -> None:
    @delete("/api/things/{thing}", permission="repo.write", destroys=" ")
    class DeleteThing(Change[Nothing, Done]):
        """Delete a thing."""

        thing: FullRepoId


def retypes_a_stranger() -> None:
    @delete("/api/things/{thing}", permission="repo.write", destroys="the thing {thing}", retype="name")
    class DeleteThing(Change[Nothing, Done]):
        """Delete a thing."""

        thing: FullRepoId


def destroys_a_stranger() -> None:
    @delete("/api/things/{thing}", permission="repo.write", destroys="the thing {nothing}")
    class DeleteThing(Change[Nothing, Done]):
        """Delete a thing."""

        thing: FullRepoId


def changes_without_saying_so() -> None:
    @post("/api/things/{thing}", permission="repo.write")
    class CreateThing(Endpoint[Done]):  # type: ignore[type-var]  # that is the point
        """Create a thing."""

        thing: FullRepoId


def reads_and_changes() -> None:
    @get("/api/things/{thing}")
    class GetThing(Change[Nothing, Done]):
        """A thing."""

        thing: FullRepoId


def needs_no_permission() -> None:
    @patch("/api/things/{thing}", permission="")  # type: ignore[arg-type]  # that is the point
    class UpdateThing(Change[Nothing, Done]):
        """Change a thing."""

        thing: FullRepoId


def needs_a_permission_that_the_hub_has_not() -> None:
    @patch("/api/things/{thing}", permission="thing.write")  # type: ignore[arg-type]  # that is the point
    class UpdateThing(Change[Nothing, Done]):
        """Change a thing."""

        thing: FullRepoId


def changes_nobodys_things() -> None:
    @put("/api/things/{thing}", permission="repo.write")
    class UpdateThing(Change[Nothing, Done]):
        """Change a thing."""

        thing: Segment


def looks_nothing_up() -> None:
    @put("/api/things/{thing}", permission="repo.write")
    class UpdateThing(Change[Repository, Done]):
        """Change a thing."""

        thing: FullRepoId


def looks_up_what_it_does_not_name() -> None:
    @put("/api/things/{thing}", permission="repo.write")
    class UpdateThing(Change[Nothing, Done]):
        """Change a thing."""

        thing: FullRepoId

        def target(self) -> Endpoint[Any]:
            return repository("model", self.thing)


def says_nothing_of_its_effect() -> None:
    @put("/api/things/{thing}", permission="repo.write")
    class UpdateThing(Change[Nothing, Done]):
        """Change a thing."""

        thing: FullRepoId


def answers_nothing_in_particular() -> None:
    @put("/api/things/{thing}", permission="repo.write")
    class UpdateThing(Change):  # type: ignore[type-arg]  # that is the point
        """Change a thing."""

        thing: FullRepoId


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
        (any_text_in_path, "'thing' is in the path, so its type must say what may stand there"),
        (changes_without_saying_so, "POST changes something, so it must be a Change["),
        (reads_and_changes, "it is a Change, so `get` cannot declare it"),
        (needs_no_permission, "`permission=` must name what a token needs for it: repo.write, "),
        (needs_a_permission_that_the_hub_has_not, "`permission=` must name what a token needs for it"),
        (changes_nobodys_things, "whose things it changes must be named by a field of the type Owner"),
        (looks_nothing_up, "`target` must say how the Repository that it acts on is looked up"),
        (looks_up_what_it_does_not_name, "its first type argument must say what, not Nothing"),
        (
            says_nothing_of_its_effect,
            "must be stated by `consequences`, or `harmless` must say why nobody needs",
        ),
        (answers_nothing_in_particular, "say what it answers, as in Change["),
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
        delete("/api/things/{thing}", permission="repo.write")  # type: ignore[call-arg]  # that is the point


def test_an_id_of_two_segments_is_one_by_its_type_whatever_its_field_is_called() -> None:
    @put("/api/spaces/{space_id}/nap", permission="repo.write")
    class PutSpaceToSleep(Change[Nothing, Done]):
        """Put a Space to sleep."""

        harmless = "it is a test"

        space_id: FullRepoId

    call = PutSpaceToSleep(space_id="https://huggingface.co/spaces/ada/x")  # an address is understood in it
    assert call.to_http("https://hub.test").url == "https://hub.test/api/spaces/ada/x/nap"
    assert call.owners() == ("ada",)
    assert call.subject == "the repository ada/x"


def test_a_gated_endpoint_of_a_new_area_keeps_its_permission_and_its_owner() -> None:
    """Neither its module nor its fields have names that anything knows."""

    @delete("/api/kernels/{kernel}/{part}", permission="repo.write", destroys="the part {part} of {kernel}")
    class DeleteKernelPart(Change[Nothing, Done]):
        """Delete a part of a kernel."""

        kernel: FullRepoId
        part: Segment

    @post("/api/houses/{house}/rooms", permission="collection.write")
    class CreateRoom(Change[Nothing, Done]):
        """Create a room."""

        harmless = "it is a test"

        house: Owner

    token = {"role": "fineGrained", "fineGrained": {"global": [], "scoped": []}}
    nobody = Identity.model_validate({"name": "ada", "auth": {"accessToken": token}})
    for call, permission in (
        (DeleteKernelPart(kernel="eve/k", part="p"), "repo.write"),
        (CreateRoom(house="eve"), "collection.write"),
    ):
        assert [(need.permission, need.owner) for need in needs_of(call)] == [(permission, "eve")]
        assert call.owners() == ("eve",)
        assert f'"{permission}"' in never(call, nobody)


def test_what_is_the_callers_own_says_so() -> None:
    @post("/api/settings/keys", permission="repo.write", of_caller=True)
    class CreateKey(Change[Nothing, Done]):
        """Create a key."""

        harmless = "it is a test"

    assert CreateKey().owners() == ("",)
