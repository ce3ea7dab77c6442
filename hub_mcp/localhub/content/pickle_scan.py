"""What the Hub's scanners would report about a file: a pickle's imports are read, never loaded."""

from __future__ import annotations

import pickletools
from collections.abc import Mapping

from ..store import Store

PICKLES = ("bin", "pkl", "pickle", "pt", "pth", "ckpt", "joblib")
DANGEROUS = ("os", "posix", "nt", "subprocess", "socket", "sys", "builtins", "runpy", "webbrowser", "shutil")
HARMLESS = ("collections", "torch", "numpy", "_codecs")
MOST_SCANNED = 1024 * 1024

Shape = dict[str, object]


def may_be_pickle(path: str) -> bool:
    """Whether a file's name suggests that Python would unpickle it."""
    return path.rpartition(".")[2] in PICKLES


def scan_of(store: Store, file: Mapping[str, object]) -> Shape:
    """The security status of a file, given as a row of a tree."""
    imports = _imports(store, file)
    safeties = {str(found["safety"]) for found in imports}
    status = "unsafe" if "dangerous" in safeties else "suspicious" if "suspicious" in safeties else "safe"
    pickle: Shape = {"status": status}
    if imports:
        pickle["pickleImports"] = imports
    return {"status": status, "avScan": {"status": "safe"}, "pickleImportScan": pickle}


def _imports(store: Store, file: Mapping[str, object]) -> list[Shape]:
    """What a pickle would import; empty for other files, and for those whose bytes are not stored here."""
    large = file.get("lfs")
    if not may_be_pickle(str(file["path"])) or not isinstance(large, dict):
        return []
    row = store.row("select content from large_files where sha256 = ?", large["oid"])
    if row is None or row["content"] is None or len(row["content"]) > MOST_SCANNED:
        return []
    found: dict[tuple[str, str], None] = {}
    words: list[str] = []
    try:
        for code, value, _ in pickletools.genops(bytes(row["content"])):
            if isinstance(value, str) and code.name == "GLOBAL":
                module, _, name = value.partition(" ")
                found[module, name] = None
            elif isinstance(value, str):
                words = [*words[-1:], value]
            elif code.name == "STACK_GLOBAL" and len(words) == 2:
                found[words[0], words[1]] = None
    except ValueError:
        pass  # the list ends where the file stops being a pickle
    return [{"module": module, "name": name, "safety": _safety(module)} for module, name in found]


def _safety(module: str) -> str:
    root = module.partition(".")[0]
    return "dangerous" if root in DANGEROUS else "innocuous" if root in HARMLESS else "suspicious"
