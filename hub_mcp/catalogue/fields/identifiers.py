"""Ids, names, paths and addresses in the spellings people use, read by the Hub's own rules.

The rules here refuse what the Hub would refuse, and what must never get into a path, before anything is sent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hub_mcp.text import shows_itself, spelled

UNSEEN = "looks like another name: not all of it is seen"
HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
# First segments of addresses on the Hub that are not owners of repositories.
NO_REPOSITORIES = ("collections", "papers", "organizations", "settings", "docs", "buckets", "kernels")
REVISIONED = ("tree", "blob", "resolve", "raw", "blame", "commits", "commit")  # what precedes a revision
BRANCHES = "refs/heads/"  # git's own prefix of branch names
_OTHER_BRANCH = re.compile(  # names that git expands or computes are none, nor are ids of commits
    r"(?!(?:refs|heads|remotes|origin)/|(?:main|head)$|[0-9a-f]{7,64}$)[\w./+-]+", re.ASCII | re.IGNORECASE
)
KINDS = {"models": "model", "datasets": "dataset", "spaces": "space"}
TEXT_LIMIT = 10_000
LONGEST_PATH = 1_000  # characters of a path in a repository
DEEPEST = 5  # levels of nesting in arguments
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HALF = re.compile("[\ud800-\udfff]")
_REPO_PART = re.compile(r"(?a:\b[\w\-.]{1,96}\b)")
_OWNER = re.compile(r"(?a:(?!\d+$)(?![0-9a-fA-F]{24}$)[a-zA-Z0-9-]+)")  # old ones may contain "--"
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")
_SLUG = re.compile(r"[^/\s]+/[^/\s]*[^/\s]")
_OVER_SSH = re.compile(r"^(ssh://)?git@(hf\.co|huggingface\.co)[:/]")
_ARXIV = re.compile(r"(\d{4}\.\d{4,5})(v\d+)?(\.pdf)?")


def shorten(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


def refuse_control(text: str) -> str:
    """Return the text; line breaks and control characters are an error."""
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"too long: {len(text):,} characters")
    if _CONTROL.search(text):
        raise ValueError(f"{shorten(text)} holds a line break or a control character")
    return text


def refuse_unseen(name: str) -> str:
    """Return the name; invisible characters, which make it look like another, are an error."""
    if not shows_itself(name):
        raise ValueError(f"{spelled(name)[:60]} {UNSEEN}")
    return name


def refuse_no_text(value: Any, depth: int = DEEPEST) -> None:
    """Lone surrogates, infinite numbers and excessive nesting are an error."""
    if isinstance(value, str):
        if not value.isascii() and _HALF.search(value):
            raise ValueError("a text holds half a character (a lone surrogate)")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is NaN or infinite, for which JSON has no word")
    elif isinstance(value, (Mapping, list)):
        if depth == 0:
            raise ValueError("nested too deeply")
        for one in (*value, *value.values()) if isinstance(value, Mapping) else value:
            refuse_no_text(one, depth - 1)


def refuse_dots(text: str) -> str:
    """Return one or more path segments; empty ones, `.` and `..` are an error."""
    if any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError(f"{shorten(text)} has an empty or dotted part")
    return text


def is_address(text: str) -> bool:
    """Whether a text is an address, on the Hub or elsewhere."""
    return "://" in text or text.partition("/")[0].lower() in HUB_HOSTS


def _hub_path(text: str, hosts: Sequence[str]) -> list[str] | None:
    """The path segments of an address on the Hub; None if the text is not an address."""
    if text.startswith("hf://"):
        return [one for one in text.removeprefix("hf://").split("/") if one]
    if "://" not in text:
        host = text.partition("/")[0].lower()
        if "/" not in text or host not in (*HUB_HOSTS, *hosts):
            return None
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError as trouble:
        raise ValueError(f"{shorten(text)} is not an address") from trouble
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in (*HUB_HOSTS, *hosts):
        raise ValueError(f"{shorten(text)} is not an address on the Hub")
    return [unquote(one) for one in parts.path.split("/") if one]


@dataclass(frozen=True)
class RepoPlace:
    """A parsed repository id or address.

    Attributes:
        type: model, dataset or space; "" for a bare id.
        revision: from an address with `/tree/REV`, `/blob/REV/…` and similar, or from `id@REV`; "" without.
        path: from an address of a file or folder; "" without.
    """

    type: str
    repo_id: str
    revision: str = ""
    path: str = ""


def read_repo(text: str, hosts: Sequence[str] = ()) -> RepoPlace:
    """Parse a repository in any spelling: `gpt2`, `datasets/a/b`, `a/b@v1`, `hf://a/b`, a Hub address.

    `hosts` are further hosts (with port) whose addresses count as the Hub's.

    Raises:
        ValueError: it is not an id by the Hub's naming rules.
    """
    text = refuse_control(text.strip(" "))
    text = _OVER_SSH.sub("https://hf.co/", text)
    segments = _hub_path(text, hosts)
    parts = text.split("/") if segments is None else segments
    if segments is not None and parts[:1] == ["api"]:
        parts = parts[1:]
    kind = ""
    if len(parts) > 1 and parts[0] in KINDS:
        kind, parts = KINDS[parts[0]], parts[1:]
    elif segments is not None:
        if parts[:1] and parts[0] in NO_REPOSITORIES:
            raise ValueError(f"{shorten(text)} is not the address of a repository")
        kind = "model"
    revision = path = ""
    if segments is not None:
        of_file = parts[2:3] and parts[2] in REVISIONED
        revision = _address_revision(parts[3:]) if of_file else ""
        path = "/".join(parts[3 + _revision_parts(parts[3]) :]) if revision else ""
        parts = [*parts[:1], *(one.removesuffix(".git") for one in parts[1:2])]  # as in `git clone`
    repo_id, at, given = "/".join(parts).partition("@")
    if at:
        revision = check_revision(given)
    return RepoPlace(kind, check_repo_id(repo_id), revision, path)


def _address_revision(rest: Sequence[str]) -> str:
    """The revision at the beginning of the text after `/tree/`; those of pull requests have three parts."""
    if not rest:
        return ""
    return check_revision("/".join(rest[: _revision_parts(rest[0])]))


def _revision_parts(first: str) -> int:
    return 3 if first == "refs" else 1


def read_search(text: str) -> str:
    """Words to search for; from an address on the Hub, the id or the words in it.

    Raises:
        ValueError: it is an address with neither.
    """
    if _hub_path(text.strip(" "), ()) is None:
        repo_id, at, revision = text.strip(" ").partition("@")
        named = at and repo_id.count("/") == 1 and revision and " " not in text.strip(" ")
        return refuse_control(repo_id if named else text)
    if words := parse_qs(urlsplit(text.strip(" ")).query).get("search"):
        return refuse_control(words[0])
    return read_repo(text).repo_id


def kind_searched(text: str) -> str:
    """The type of an address in a search: model, dataset or space; "" if the text is not an address.

    Raises:
        ValueError: it is not an address on the Hub.
    """
    segments = _hub_path(text.strip(" "), ())
    if segments is None:
        return ""
    return KINDS.get(segments[0], "model") if segments else ""


def read_repo_id(text: str, hosts: Sequence[str] = ()) -> tuple[str, str]:
    """Parse a repository in any spelling into (type or "", id), where a revision is not allowed.

    Raises:
        ValueError: it is not an id by the Hub's naming rules, or names a revision.
    """
    place = read_repo(text, hosts)
    if place.revision:
        raise ValueError(
            f"{shorten(text)} names the revision {shorten(place.revision)}, which this does not take"
        )
    return place.type, place.repo_id


def check_repo_id(repo_id: str) -> str:
    """Return the id, checked by the rules of FACTS 9.

    Raises:
        ValueError: it breaks one of them.
    """
    parts = repo_id.split("/")
    if len(parts) > 2:
        raise ValueError(f"{shorten(repo_id)} is not a repository id: write namespace/name")
    if not all(_REPO_PART.fullmatch(part) for part in parts):
        raise ValueError(
            f"{shorten(repo_id)} is not a repository id: namespace/name, each of letters, digits, '-_.', "
            "at most 96 characters, not starting or ending with '-' or '.'"
        )
    if "--" in parts[-1] or ".." in repo_id or repo_id.endswith(".git"):  # old owners may have "--"
        raise ValueError(f"{shorten(repo_id)} is not a repository id: no '--', no '..', no '.git' at the end")
    return repo_id


def with_namespace(repo_id: str) -> str:
    if "/" not in repo_id:
        raise ValueError(f"{shorten(repo_id)} needs its namespace: write namespace/name")
    return repo_id


def read_owner(text: str) -> str:
    """Parse the name of a user or an organization, also from `@name` or the address of its page."""
    text = refuse_control(text.strip(" ")).removeprefix("@")
    segments = _hub_path(text, ())
    if segments is not None:
        text = "/".join(segments).removeprefix("organizations/").partition("/")[0]
    if not (2 <= len(text) <= 42) or not _OWNER.fullmatch(text):
        raise ValueError(
            f"{shorten(text)} is not a user or organization name: "
            "2 to 42 letters, digits and '-', not only digits"
        )
    return text


def read_object_id(text: str) -> str:
    if not _OBJECT_ID.fullmatch(text):
        what = "24 hexadecimal digits, which a listing tells"
        raise ValueError(f"{shorten(text)} is not an id: {what}")
    return text.lower()


def read_group_id(text: str) -> str:
    return text if text == "none" else read_object_id(text)


def read_slug(text: str) -> str:
    """Parse a collection's slug, also from its address."""
    text = refuse_control(text.strip(" "))
    segments = _hub_path(text, ())
    if segments is not None:
        if segments[:1] != ["collections"]:
            raise ValueError(f"{shorten(text)} is not the address of a collection")
        text = "/".join(segments[1:3])
    text = refuse_dots(text.removeprefix("collections/"))
    if len(text) > 250 or not _SLUG.fullmatch(text) or set(text) & set("?#%\\"):
        raise ValueError(f"{shorten(text)} is not a collection slug: namespace/title-24hexdigits")
    owner, _, rest = text.partition("/")
    return f"{read_owner(owner)}/{rest}"


def read_arxiv_id(text: str) -> str:
    """Parse an arXiv id without version, also from arXiv:…, a DOI, or an address on arXiv or the Hub."""
    text = refuse_control(text.strip(" "))
    last = urlsplit(text).path.rstrip("/") if "://" in text else text.rstrip("/")
    last = re.sub(r"^(doi:|arxiv:|arxiv[.])", "", last.rpartition("/")[2], flags=re.IGNORECASE)
    match = _ARXIV.fullmatch(last)
    if not match:
        raise ValueError(f"{shorten(text)} is not an arXiv id of the form 2311.12983")
    return match[1]


def check_revision(text: str) -> str:
    """Return a branch, tag or commit; a branch by its short name, under which it is looked up and shown."""
    revision = refuse_dots(refuse_control(text.strip(" ")))
    while revision.startswith(BRANCHES):  # git accepts it repeated
        revision = revision.removeprefix(BRANCHES)
    return revision


def may_be_main(revision: str) -> bool:
    """Whether it may be the branch that a Space runs: anything but the plain name of another branch."""
    return not _OTHER_BRANCH.fullmatch(revision)


def check_path(text: str) -> str:
    """Return the path of a file or folder in a repository, without slashes at its ends.

    Raises:
        ValueError: it leads out of the repository, or into git's own folder.
    """
    path = refuse_dots(refuse_control(text).strip("/"))
    if "\\" in path or len(path) > LONGEST_PATH:
        raise ValueError(
            f"{shorten(text)} is no path in a repository: at most {LONGEST_PATH:,} characters, no backslash"
        )
    if ".git" in path.lower().split("/"):
        raise ValueError(f"{shorten(text)} leads into .git")
    return path


def check_segment(text: str) -> str:
    """Return one path segment: a subset or a split of a dataset."""
    refuse_control(text)
    if "/" in text:
        raise ValueError(f"{shorten(text)} must not hold a slash")
    return refuse_dots(text)


def check_free_text(text: str) -> str:
    """Return user text; line breaks are allowed, other control characters are not."""
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise ValueError("control characters are not allowed in a text")
    return text
