"""The variables users may want to set before the first start; `hub-mcp --help` lists the others."""

from __future__ import annotations

VARIABLES = {
    "HF_TOKEN": "Hugging Face access token (hf_…); empty for your login, or for public things only.",
    "HF_ENDPOINT": "Address of the Hub; empty for https://huggingface.co.",
    "HUB_MCP_TOOLSETS": "Areas to offer, separated by commas, such as models,datasets; empty for all.",
    "HUB_MCP_READ_ONLY": "Offer no tool that changes anything: `all`, or areas separated by commas.",
    "HUB_MCP_CONFIRM": "Risky calls when the client cannot ask: plan (default), deny, elicit or off.",
}
SECRET = ("HF_TOKEN",)
