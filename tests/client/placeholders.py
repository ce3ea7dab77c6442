"""The placeholders that hosts pass on in place of a missing value, each in its own spelling."""

from __future__ import annotations

PLAIN = (
    "",
    "  ",
    "${HF_TOKEN}",
    "${HF_TOKEN:-}",
    "${env:HF_TOKEN}",
    "${input:hf_token}",
    "${user_config.hf_token}",
    "{env:HF_TOKEN}",
    "{HF_TOKEN}",
    "{{HF_TOKEN}}",
    "{{ secrets.HF_TOKEN }}",
    "${{ secrets.HF_TOKEN }}",
    "$HF_TOKEN",
    "$env:HF_TOKEN",
    "$(cat ~/.token)",
    "$(Get-Secret -Name 'hf')",
    "%HF_TOKEN%",
    "<HF_TOKEN>",
    "<your token here>",
    "hf_…",
    "hf_...",
    "hf_xxxxxxxx",
    "hf_********",
)
UNFILLED = (*PLAIN[2:], *(f'"{one}"' for one in PLAIN[2:]), *(f"'{one}'" for one in PLAIN[2:]))
"""Placeholders, and the same in quotation marks."""
