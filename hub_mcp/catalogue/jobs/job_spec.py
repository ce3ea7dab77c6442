"""The spec of a job as arguments: image, command, hardware, timeout, variables; never a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import check_repo_id
from hub_mcp.catalogue.fields.marks import RepoKind, ThingName
from hub_mcp.catalogue.fields.vocabulary import FreeText, ObjectId, Part, Word
from hub_mcp.catalogue.jobs.jobs import EVERY_MACHINE, cost_of
from hub_mcp.catalogue.operations.cleaning import clean_text, refuse_taken_out
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

MOST_PORTS = 20
NO_SECRETS = (
    "a job's secrets cannot be arguments: they would pass through the conversation. Start a job that needs "
    "them on the Hub's pages or with `hf jobs run --secrets`; rerun_job starts it again with the same ones"
)
_VARIABLE = re.compile(r"[a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_LABEL = re.compile(r"[a-zA-Z0-9._-]{1,100}", re.ASCII)

T = TypeVar("T", bound=Answer)
A = TypeVar("A", bound=Answer)


def as_texts(value: Any) -> Any:
    """Numbers and booleans as text, which variables and labels are."""
    if not isinstance(value, Mapping):
        return value
    plain = {True: "true", False: "false"}
    return {
        key: plain[one] if isinstance(one, bool) else str(one) if isinstance(one, (int, float)) else one
        for key, one in value.items()
    }


def _variables(said: dict[str, str]) -> dict[str, str]:
    for name, value in said.items():
        if not _VARIABLE.fullmatch(name):
            raise ValueError("a variable's name has only letters, digits and '_', and begins with a letter")
        if clean_text(f"{name}={value}") != f"{name}={value}":
            raise ValueError(f"the variable {name} looks like a secret: {NO_SECRETS}")
        refuse_taken_out(value)
    return said


def _labels(said: dict[str, str]) -> dict[str, str]:
    for name, value in said.items():
        if not _LABEL.fullmatch(name) or (value and not _LABEL.fullmatch(value)):
            raise ValueError("a label has at most 100 letters, digits and '._-', and so is its value")
    return said


def _without_secrets(text: str) -> str:
    if clean_text(text) != text:
        raise ValueError(f"there seems to be a secret in it: {NO_SECRETS}")
    return refuse_taken_out(text)


Variables = Annotated[dict[str, str], BeforeValidator(as_texts), AfterValidator(_variables)]
Labels = Annotated[dict[str, str], BeforeValidator(as_texts), AfterValidator(_labels)]
CommandWord = Annotated[FreeText, AfterValidator(_without_secrets)]
SpaceId = Annotated[str, AfterValidator(check_repo_id)]  # the owner of the image, which is not changed
Port = Annotated[int, Field(ge=1, le=65_535)]
MountPath = Annotated[Word, StringConstraints(pattern=r"^/", max_length=1_000)]


class Volume(Part):
    """A repository or a bucket mounted as a folder of a job."""

    type: Annotated[Literal["model", "dataset", "space", "bucket"], RepoKind()]
    source: Annotated[SpaceId, ThingName()]
    mount_path: MountPath = Field(serialization_alias="mountPath")
    revision: Word | None = None
    read_only: bool | None = Field(default=None, serialization_alias="readOnly")
    path: Word | None = None


class JobSpec(Change[T, A], Generic[T, A]):
    """A change that makes a job run, now or later."""

    docker_image: Word | None = Field(default=None, serialization_alias="dockerImage")
    space_id: SpaceId | None = Field(default=None, serialization_alias="spaceId")
    command: list[CommandWord] | None = Field(default=None, min_length=1)
    arguments: list[CommandWord] | None = None
    flavor: Annotated[Word, Field(description="hardware, e.g. cpu-basic; list_job_hardware")]
    timeout_seconds: int | None = Field(
        default=None, ge=1, lt=2**53, serialization_alias="timeoutSeconds", description="bounds the cost"
    )
    attempts: int | None = Field(default=None, ge=1, le=100)
    environment: Variables | None = Field(default=None, description="no secrets")
    labels: Labels | None = None
    volumes: list[Volume] | None = Field(default=None, min_length=1)
    ports: list[Port] | None = Field(default=None, max_length=MOST_PORTS)
    ports_public: list[Port] | None = Field(default=None, max_length=MOST_PORTS)
    ssh: bool | None = None
    arch: Literal["amd64", "arm64"] | None = None
    resource_group_id: ObjectId | None = Field(default=None, serialization_alias="resourceGroupId")

    @model_validator(mode="before")
    @classmethod
    def _takes_no_secrets(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and given.get("secrets"):
            raise ValueError(NO_SECRETS)
        return given

    @model_validator(mode="after")
    def _runs_one_image(self) -> Self:
        if bool(self.docker_image) == bool(self.space_id):
            raise ValueError("a job runs the image of a `docker_image` or of a `space_id`")
        return self

    def spec(self) -> dict[str, Any]:
        """The job in the Hub's form."""
        said = self.model_dump(
            mode="json", by_alias=True, exclude_none=True, include=set(JobSpec.model_fields)
        )
        ports, public = said.pop("ports", None), said.pop("ports_public", None)
        if ports is not None or public is not None:
            said["expose"] = {"ports": list(dict.fromkeys([*(ports or ()), *(public or ())]))}
            if public:
                said["expose"]["portsPublic"] = public
        if said.pop("ssh", None):
            said["ssh"] = {"enabled": True}
        return {"environment": {}, **said}

    def needs(self, before: T) -> tuple[Endpoint[Answer], ...]:
        return (EVERY_MACHINE,)

    def image(self) -> str:
        """Its image, worded for a question."""
        return f"the image {quoted(self.docker_image or f'spaces/{self.space_id}')}"

    def effects(self, known: Known, when: str) -> Iterator[Consequence]:
        """What such a job does and costs.

        Args:
            when: when it runs, such as "at once".
        """
        yield Consequence(Impact.RUNS, f"code runs on the Hub's machines {when}, as you")
        cost = cost_of(self.flavor, self.timeout_seconds, self.attempts or 1, machines_in(known))
        yield Consequence(Impact.SPENDS, cost)
        if self.ports or self.ports_public:
            yield Consequence(Impact.SPENDS, "ports that are reached from outside may cost more")
        if self.ports:
            yield Consequence(Impact.OPENS, "whoever can read what is the owner's reaches its ports")
        if self.ports_public:
            yield Consequence(Impact.OPENS, f"everyone reaches its {_ports(self.ports_public)}")
        if self.ssh:
            yield Consequence(Impact.OPENS, "it can be entered over SSH")
        for one in self.volumes or ():
            if one.type == "bucket" and not one.read_only:
                line = f"it can overwrite and delete what is in the bucket {quoted(one.source)}"
                yield Consequence(Impact.DESTROYS, line)
        if self.resource_group_id:
            group = quoted(self.resource_group_id)
            yield Consequence(Impact.OPENS, f"the users of the resource group {group} reach it")


def machines_in(known: Known) -> tuple[Any, ...]:
    """The hardware with its prices; empty if it could not be read."""
    page: Page[Any] | None = known.of(EVERY_MACHINE)
    return page.items if page else ()


def _ports(ports: list[int]) -> str:
    return f"port{'' if len(ports) == 1 else 's'} {', '.join(map(str, ports))}"
