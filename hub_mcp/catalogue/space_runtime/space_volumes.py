"""Volumes mounted into a Space: repositories and buckets its code can read, and buckets it can write to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Done, counted, objects_in
from hub_mcp.catalogue.change import Change, delete, put
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.jobs.job_spec import Volume
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.space_runtime.space_runtime import ActsOnSpace, SpaceRuntime, runtime_in
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted, word

MOST = 20  # volumes per Space

Mounted = tuple[
    str, str, str, str, bool, str
]  # type, source, mount path, revision, whether it is read-only, folder


def mounted_by(said: dict[str, Any]) -> Mounted:
    """A volume in comparable form, from the Hub's answer or from a request to it."""
    type, bucket = str(said.get("type") or "model"), said.get("type") == "bucket"
    return (
        type,
        str(said.get("source") or ""),
        str(said.get("mountPath") or ""),
        "" if bucket else str(said.get("revision") or "main"),
        said.get("readOnly") is True or not bucket,
        str(said.get("path") or ""),
    )


def mounted(volume: Volume) -> Mounted:
    """The same for a volume in the arguments."""
    return mounted_by(volume.model_dump(by_alias=True))


def volumes_in(runtime: SpaceRuntime) -> list[dict[str, Any]]:
    """The currently mounted volumes, from the Hub's answer."""
    return objects_in(runtime.field("volumes"))


class ActsOnVolumes(ActsOnSpace[Done]):
    """A change to the volumes of a Space."""

    reversal = "The list can be changed back; what was on its disk, or read or written by then, cannot."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        was = volumes_in(runtime_in(before))
        if not was:
            return DeleteSpaceVolumes(repo_id=self.repo_id)
        kept = [
            {"type": one[0], "source": one[1], "mount_path": one[2], "revision": one[3] or None,
             "read_only": one[4], "path": one[5] or None}
            for one in map(mounted_by, was)
        ]  # fmt: skip
        return SetSpaceVolumes.model_validate({"repo_id": self.repo_id, "volumes": kept})

    def lost(self, known: Known, kept: set[Mounted]) -> Iterator[Consequence]:
        """The consequences for volumes that are no longer mounted."""
        for one in map(mounted_by, volumes_in(self.runtime(known))):
            if one not in kept:
                yield Consequence(Impact.DESTROYS, f"no longer mounted as it is: the {_named(one)}")


def _named(volume: Mounted) -> str:
    type, source, where, *_ = volume
    return f"{word(type)} {quoted(source)} at {quoted(where)}"


@put("/api/spaces/{repo_id}/volumes", permission="repo.write", destructive=True)
class SetSpaceVolumes(ActsOnVolumes):
    """Replace all that is mounted into a Space, which restarts. Buckets are writable unless read_only."""

    volumes: list[Volume] = Field(min_length=1, max_length=MOST)

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (*super().needs(before), *self.must_be_there(before))

    def must_be_there(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        sources = dict.fromkeys((one.type, one.source) for one in self.volumes if one.type != "bucket")
        return [repository(type, source) for type, source in sources]

    def headline(self, before: Repository) -> str:
        return f"Replace what is mounted into {self.named()}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        now = {mounted_by(one) for one in volumes_in(self.runtime(known))}
        then = {mounted(one) for one in self.volumes}
        if self.runtime(known).stage and now == then:
            return
        yield from self.lost(known, then)
        for one in self.volumes:
            if mounted(one) not in now:
                yield from self._opened(before, known, one)
        yield from self.restarts(known)

    def _opened(self, before: Repository, known: Known, one: Volume) -> Iterator[Consequence]:
        """The consequences for people who newly reach a mounted source."""
        source = None if one.type == "bucket" else known.of(repository(one.type, one.source))
        owners = {self.repo_id.partition("/")[0].lower(), one.source.partition("/")[0].lower()}
        hidden = not (source and source.has_public_name)
        if hidden and before.visibility != "private":
            line = (
                f"people who use the Space may see what is in the {_named(mounted(one))}, which is not public"
            )
            yield Consequence(Impact.OPENS, line)
        elif hidden and len(owners) > 1:
            yield Consequence(
                Impact.OPENS, f"whoever reaches the Space reaches the {_named(mounted(one))} too"
            )
        if one.type == "bucket" and not mounted(one)[4]:
            yield Consequence(
                Impact.OPENS, f"its code can change and delete what is in the {_named(mounted(one))}"
            )

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Mounted into the Space {self.repo_id}: {counted(len(self.volumes), 'volume')}, and no other."


@delete(
    "/api/spaces/{repo_id}/volumes",
    permission="repo.write",
    destroys="what is mounted into the Space {repo_id}",
)
class DeleteSpaceVolumes(ActsOnVolumes):
    """Detach everything mounted into a Space. Its sources stay as they are; the Space restarts."""

    def headline(self, before: Repository) -> str:
        return f"Detach all that is mounted into {self.named()}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        yield from self.lost(known, set())
        yield Consequence(Impact.DESTROYS, "it restarts, and what is on its disk is lost")

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Detached all that was mounted into the Space {self.repo_id}; its sources are as they were."
