"""The tokens of the world, in their own module: a server in the sandbox needs one before the world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxToken:
    """A token of the world, with its description."""

    token: str
    user: str
    display_name: str
    role: str
    about: str


# The sandbox signs in as `ada`. Made up, and worth nothing outside the local Hub.
TOKENS = (
    SandboxToken(
        "hf_sandbox_ada_write", "ada", "ada-write", "write", "ada, who administers nimbus-labs; may write"
    ),
    SandboxToken("hf_sandbox_ada_read", "ada", "ada-read", "read", "ada again, with a token that only reads"),
    SandboxToken(
        "hf_sandbox_ada_fine",
        "ada",
        "ada-fine",
        "fineGrained",
        "ada again, fine-grained: writes in nimbus-labs only",
    ),
    SandboxToken(
        "hf_sandbox_bob_write", "bob", "bob-write", "write", "bob, who has the role write in nimbus-labs"
    ),
    SandboxToken(
        "hf_sandbox_cleo_write", "cleo", "cleo-write", "write", "cleo, a contributor of nimbus-labs"
    ),
    SandboxToken("hf_sandbox_eve_write", "eve", "eve-write", "write", "eve, an outsider"),
)
