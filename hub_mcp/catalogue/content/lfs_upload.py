"""Git LFS uploads: which files the Hub wants through LFS, and their upload before the commit.

The Hub refuses commits that contain the bytes of binary files, or of files that `.gitattributes` assigns to
LFS (`_commit_api.py` and `lfs.py` of huggingface_hub). It gives the address for an upload; anybody who has
that address can write to the storage, so the request carries no token and the address is never shown.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlsplit

from hub_mcp.catalogue.answers import Answer, Done, is_object, objects_in
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType, Revision
from hub_mcp.catalogue.http import Effect, HttpRequest, HttpResponse, Line
from hub_mcp.catalogue.steps import Steps, step
from hub_mcp.errors import Refused, UnexpectedAnswer, plain

SAMPLE = 512  # first bytes of a file from which the Hub decides
ATTRIBUTES = ".gitattributes"
LFS = "application/vnd.git-lfs+json"
_WORDS = re.compile(r"[a-z]+(?:/[a-z]+)*")
ONLY_OTHERWISE = "`hf upload` from huggingface_hub can upload them."


@dataclass(frozen=True)
class FileBody:
    """A complete file to upload."""

    path: str
    content: bytes

    @property
    def oid(self) -> str:
        """Its SHA-256, which is its LFS id."""
        return hashlib.sha256(self.content).hexdigest()

    def line_by_lfs(self) -> dict[str, Any]:
        """The line of a commit that refers to it after the upload."""
        value = {"path": self.path, "algo": "sha256", "oid": self.oid, "size": len(self.content)}
        return {"key": "lfsFile", "value": value}


@dataclass(frozen=True)
class UploadModes(Answer):
    """How the Hub wants each file."""

    by_lfs: frozenset[str]

    @classmethod
    def of(cls, value: Any) -> Self:
        rows = objects_in(value.get("files") if is_object(value) else None)
        if odd := {str(one.get("uploadMode")) for one in rows} - {"regular", "lfs"}:
            ways = plain(", ".join(sorted(odd)), 100)
            what = f"The Hub accepts these files only by {ways}, which is not supported here."
            raise Refused(what, advice=ONLY_OTHERWISE)
        return cls(frozenset(str(one.get("path")) for one in rows if one["uploadMode"] == "lfs"))


@step(Line("POST", "/api/{type}s/{repo_id}/preupload/{revision}", Effect.READ, "repo.write"))
class AskUploadModes(Endpoint[UploadModes]):
    """How the Hub wants each file: in the commit, or through LFS before it."""

    repo_id: RepoId
    type: RepoType
    revision: Revision
    create_pr: bool
    files: tuple[FileBody, ...]

    def to_http(self, base: str) -> HttpRequest:
        files = [
            {
                "path": one.path,
                "size": len(one.content),
                "sample": base64.b64encode(one.content[:SAMPLE]).decode(),
            }
            for one in self.files
        ]
        written = next(
            (one.content.decode("utf-8", "replace") for one in self.files if one.path == ATTRIBUTES), None
        )
        body = {"files": files} if written is None else {"files": files, "gitAttributes": written}
        return HttpRequest(
            "POST", f"{base}{self.real_path()}{'?create_pr=1' if self.create_pr else ''}", body
        )


@dataclass(frozen=True)
class UploadAddresses(Answer):
    """Where to upload each large file; files that the repository already has get no address.

    Attributes:
        uploads, checks: addresses by SHA-256.
    """

    uploads: Mapping[str, str] = field(repr=False)
    checks: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, value: Any) -> Self:
        rows = objects_in(value.get("objects") if is_object(value) else None)
        transfer = value.get("transfer") if is_object(value) else None
        answered = [(str(one.get("oid")), one.get("actions")) for one in rows]
        actions = {oid: one for oid, one in answered if is_object(one)}
        for one in rows:
            if is_object(error := one.get("error")):
                what = "The Hub does not accept one of these files by LFS."
                raise Refused(what, quoted=str(error.get("message", "")), advice=ONLY_OTHERWISE)
        uploads = {oid: _part(one, "upload") for oid, one in actions.items() if "upload" in one}
        if transfer not in (None, "basic") or any("chunk_size" in _header(one) for one in uploads.values()):
            what = "The Hub accepts these files only by Xet or in parts, which is not supported here."
            raise Refused(what, advice=ONLY_OTHERWISE)
        checks = {oid: _part(one, "verify") for oid, one in actions.items() if "verify" in one}
        return cls(_addresses(uploads), _addresses(checks))


@step(Line("POST", "/{repo_id}.git/info/lfs/objects/batch", Effect.READ, "repo.write"))
class AskUploadAddresses(Endpoint[UploadAddresses]):
    """Where to upload large files."""

    repo_id: RepoId
    type: RepoType
    revision: Revision
    files: tuple[FileBody, ...]

    def to_http(self, base: str) -> HttpRequest:
        body = {
            "operation": "upload",
            "transfers": ["basic"],
            "objects": [{"oid": one.oid, "size": len(one.content)} for one in self.files],
            "hash_algo": "sha256",
            "ref": {"name": self.revision},
        }
        return HttpRequest("POST", f"{base}{self.place}objects/batch", body, accept=LFS)

    @property
    def place(self) -> str:
        """The path prefix for this repository's large files."""
        folder = "" if self.type == "model" else f"{self.type}s/"
        return f"/{folder}{quote(self.repo_id, safe='/')}.git/info/lfs/"


class LargeFileStep(Endpoint[Done]):
    """A step for one large file, at an address that the Hub gave."""

    address: str
    file: FileBody

    @property
    def subject(self) -> str:
        return self.file.path


@step(Line("PUT", "/", Effect.ADD, "repo.write"))
class UploadLargeFile(LargeFileStep):
    """Upload the bytes of one large file to the address that the Hub gave."""

    def to_http(self, base: str) -> HttpRequest:
        if not may_be_uploaded_to(base, self.address):
            raise UnexpectedAnswer("The Hub named an upload address that is not one of its storage.")
        return HttpRequest("PUT", self.address, content=self.file.content, accept="*/*", with_token=False)

    def from_http(self, response: HttpResponse) -> Done:
        if not 200 <= response.status < 300:
            what = f"The Hub's storage did not take {plain(self.file.path, 200)} (status {response.status})."
            raise Refused(what, status=response.status, advice="Call again.")
        return Done()


@step(Line("POST", "/", Effect.READ, "repo.write"))
class CheckUpload(LargeFileStep):
    """Check that a large file has arrived; asks the Hub itself, whichever host the address names.

    Attributes:
        place: the path of the repository's large files; the token is sent to no other path.
    """

    place: str

    def to_http(self, base: str) -> HttpRequest:
        try:
            _, at, what = urlsplit(self.address).path.rpartition(self.place)
        except ValueError:
            at = what = ""
        if not at or not _WORDS.fullmatch(what):
            raise UnexpectedAnswer("The Hub named an address for checking an upload that is not one of LFS.")
        body = {"oid": self.file.oid, "size": len(self.file.content)}
        return HttpRequest("POST", f"{base}{self.place}{what}", body, accept=LFS)

    def from_http(self, response: HttpResponse) -> Done:
        self.refuse_errors(response)
        return Done()


def uploads(place: Mapping[str, Any], files: Sequence[FileBody], create_pr: bool) -> Steps[frozenset[str]]:
    """Upload the files that have to go through LFS; returns their paths."""
    wanted = AskUploadModes.model_validate({**place, "files": tuple(files), "create_pr": create_pr})
    modes: UploadModes = yield wanted
    large = {one.oid: one for one in files if one.content and one.path in modes.by_lfs}
    if large:
        asked = AskUploadAddresses.model_validate({**place, "files": tuple(large.values())})
        answered: UploadAddresses = yield asked
        for oid, file in large.items():
            if address := answered.uploads.get(oid):
                yield UploadLargeFile(address=address, file=file)
            if address := answered.checks.get(oid):
                yield CheckUpload(address=address, file=file, place=asked.place)
    return frozenset(one.path for one in files if one.content and one.path in modes.by_lfs)


def may_be_uploaded_to(base: str, address: str) -> bool:
    """Whether an address is the Hub's own, or that of a host with a certificate (https)."""
    try:
        own, there = urlsplit(base), urlsplit(address)
        host, port = there.hostname or "", there.port
    except ValueError:
        return False
    if "@" in there.netloc or not host:
        return False
    if (there.scheme, there.netloc) == (own.scheme, own.netloc):
        return True
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return there.scheme == "https" and port in (None, 443) and named


def _part(actions: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = actions[name]
    if not is_object(part) or not isinstance(part.get("href"), str):
        raise UnexpectedAnswer("The Hub does not say where large files are to be uploaded.")
    return part


def _header(part: Mapping[str, Any]) -> Mapping[str, Any]:
    header = part.get("header")
    return header if is_object(header) else {}


def _addresses(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {oid: str(part["href"]) for oid, part in parts.items()}
