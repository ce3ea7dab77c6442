"""The field types that endpoints share: repository ids, revisions, names, roles, dates."""

from __future__ import annotations

import ast
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hub_mcp.catalogue.answers import is_array
from hub_mcp.catalogue.fields.identifiers import (
    TEXT_LIMIT,
    check_free_text,
    check_path,
    check_repo_id,
    check_revision,
    check_segment,
    read_arxiv_id,
    read_group_id,
    read_object_id,
    read_owner,
    read_search,
    read_slug,
    refuse_control,
    shorten,
    with_namespace,
)
from hub_mcp.catalogue.fields.marks import (
    AccountName,
    CollectionSlug,
    OwnerName,
    PaperId,
    PathInRepo,
    RepoKind,
    RepoName,
    RevisionName,
)

RepoId = Annotated[str, RepoName("repo"), AfterValidator(check_repo_id)]
FullRepoId = Annotated[RepoId, AfterValidator(with_namespace)]
Account = Annotated[str, AccountName(), BeforeValidator(lambda v: read_owner(v) if isinstance(v, str) else v)]
Owner = Annotated[Account, OwnerName()]  # the account whose things the call is about
ObjectId = Annotated[str, AfterValidator(read_object_id)]
GroupIdOrNone = Annotated[str, AfterValidator(read_group_id)]
Slug = Annotated[str, CollectionSlug("slug"), AfterValidator(read_slug)]
ArxivId = Annotated[str, PaperId(), AfterValidator(read_arxiv_id)]
Revision = Annotated[str, RevisionName(), AfterValidator(check_revision)]
Segment = Annotated[str, AfterValidator(check_segment)]
FilePath = Annotated[str, PathInRepo(), AfterValidator(check_path)]
CommitId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
Word = Annotated[str, AfterValidator(refuse_control)]  # a search word, a tag: one line
Search = Annotated[str, AfterValidator(read_search)]
FreeText = Annotated[str, AfterValidator(check_free_text)]
RepoType = Annotated[Literal["model", "dataset", "space"], RepoKind()]
Visibility = Literal["public", "private", "protected"]
Role = Literal["admin", "write", "contributor", "read", "no_access"]
ItemType = Annotated[Literal["model", "dataset", "space", "paper", "collection", "bucket"], RepoKind()]


class Part(BaseModel):
    """A small flat object inside a call's arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Member(Part):
    """A user and a role."""

    user: Account
    role: Role


class RepoRef(Part):
    """A repository by type and id."""

    type: RepoType
    name: FullRepoId


def words_list(value: Any) -> Any:
    """Read a text as a list: one word, words separated by commas, or a list in Python syntax.

    Raises:
        ValueError: it looks like a list or an object but cannot be parsed. Taken as a word it would find
            nothing, and nobody would learn why.
    """
    if is_array(value) and len(value) == 1 and _looks_written(value[0]):
        value = value[0]
    if not isinstance(value, str):
        return value
    if not _looks_written(value):
        return [word for part in value.split(",") if (word := part.strip())] or [value]
    try:
        read = ast.literal_eval(value.strip()) if len(value) <= TEXT_LIMIT else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        read = None
    if isinstance(read, (list, tuple)) and all(isinstance(one, str) for one in read):
        return list(read)
    raise ValueError(f"{shorten(value)} is no word, and no list of words: send a list")


def _looks_written(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip()[:1] in ("[", "(", "{")


Words = Annotated[list[Word], BeforeValidator(words_list)]
Limit = Annotated[int, Field(ge=1, le=1000)]
