"""What .gitattributes and .gitignore say about a path, and how a file has to be uploaded."""

from __future__ import annotations

import re
from functools import lru_cache

MOST_TEXT = 10 * 1024 * 1024  # a larger file goes to LFS, whatever its content
TRACKED = "filter=lfs diff=lfs merge=lfs -text"
USUAL = (
    "7z", "arrow", "avro", "bin", "bz2", "ckpt", "flac", "ftz", "gguf", "gif", "gz", "h5", "joblib",
    "jpeg", "jpg", "mlmodel", "model", "mp3", "mp4", "msgpack", "npy", "npz", "ogg", "onnx", "ot",
    "parquet", "pb", "pdf", "pickle", "pkl", "png", "pt", "pth", "rar", "safetensors", "tar", "tflite",
    "tgz", "wasm", "wav", "webp", "xz", "zip", "zst",
)  # fmt: skip
DEFAULT_ATTRIBUTES = "".join(f"*.{ending} {TRACKED}\n" for ending in USUAL)


def is_binary(content: bytes) -> bool:
    """Whether the Hub considers content binary: it contains a NUL, or is not UTF-8."""
    if b"\0" in content:
        return True
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.end < len(content) or len(content) != 512  # a sample may split a character
    return False


def must_be_large(path: str, size: int, sample: bytes, attributes: str) -> bool:
    """Whether a file goes to LFS: by its size, by .gitattributes, or because it is binary."""
    return bool(size) and (size > MOST_TEXT or tracked(path, attributes) or is_binary(sample))


def tracked(path: str, attributes: str) -> bool:
    """Whether .gitattributes assigns a path to LFS; the last line that matches decides."""
    large = False
    for line in attributes.splitlines():
        words = line.split()
        if len(words) > 1 and not line.startswith("#") and _named(words[0], path):
            rules = words[1:]
            if any(rule.startswith(("filter=", "-filter", "!filter")) for rule in rules):
                large = "filter=lfs" in rules
    return large


def with_tracked(attributes: str, paths: list[str]) -> str:
    """The .gitattributes with these paths assigned to LFS too."""
    missing = [path for path in paths if not tracked(path, attributes)]
    start = attributes if not attributes or attributes.endswith("\n") else attributes + "\n"
    return start + "".join(f"{_quoted(path)} {TRACKED}\n" for path in missing)


def ignored(path: str, rules: str) -> bool:
    """Whether .gitignore excludes a path; a later line may include it again."""
    out = False
    for line in rules.splitlines():
        rule = line.rstrip()
        if not rule or rule.startswith("#"):
            continue
        back, rule = rule.startswith("!"), rule.removeprefix("!")
        folders = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        places = folders if rule.endswith("/") else [*folders, path]
        if any(_named(rule.rstrip("/"), place) for place in places):
            out = not back
    return out


def _named(pattern: str, path: str) -> bool:
    """Whether a git pattern matches a path; one without a slash matches files in any folder."""
    if "/" in pattern.strip("/") or pattern.startswith("/"):
        return _pattern(pattern.lstrip("/")).fullmatch(path) is not None
    return _pattern(pattern).fullmatch(path.rpartition("/")[2]) is not None


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Git's wildcards: `*` and `?` within a name, `**` across folders."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            parts.append("(?:[^/]+/)*+")
            at += 3
        elif pattern.startswith("**", at):
            parts.append(".*+")
            at = len(pattern)
        elif pattern[at] == "*":
            while at + 1 < len(pattern) and pattern[at + 1] == "*":
                at += 1
            parts.append("[^/]*")
            at += 1
        else:
            parts.append("[^/]" if pattern[at] == "?" else re.escape(_unspaced(pattern, at)))
            at += len("[[:space:]]") if pattern.startswith("[[:space:]]", at) else 1
    return re.compile("".join(parts), re.DOTALL)


def _unspaced(pattern: str, at: int) -> str:
    return " " if pattern.startswith("[[:space:]]", at) else pattern[at]


def _quoted(path: str) -> str:
    return path.replace(" ", "[[:space:]]")
