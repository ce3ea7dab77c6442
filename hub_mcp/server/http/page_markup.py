"""The markup of the approval page: no script, no external resources; all values are escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

from hub_mcp.errors import plain

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # `no-referrer` would send a form without its origin
    "X-Frame-Options": "DENY",
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_QUOTED = re.compile(r"&quot;.*?&quot;")
STYLE = (
    ":root{color-scheme:light dark}*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.2rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid;padding:1rem;"
    "font-size:.9rem}bdi,b{overflow-wrap:anywhere}label{display:block;margin:1rem 0}"
    "input{display:block;width:100%;margin-top:.3rem}input,button{font:inherit;padding:.6rem .8rem}"
    "[role=alert]{border-left:.3rem solid;padding-left:.7rem}"
)


def page(
    says: str, policy: str, status: int = 200, *, wrong: str = "", shown: str = "", form: str = ""
) -> HTMLResponse:
    """A page.

    Args:
        policy: appended to POLICY.
        wrong: the error in the form that was sent.
        shown: what the person agrees to; form: our own markup, made by the functions below.
    """
    parts = (
        f"<p role='alert' id='wrong'>{escape(wrong)}</p>" if wrong else "",
        f"<p>{escape(plain(says))}</p>",
        f"<pre dir='ltr'>{_isolated(shown)}</pre>" if shown else "",
        form,
    )
    body = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Approve a change · hub-mcp</title>"
        f"<meta name='viewport' content='width=device-width,initial-scale=1'><style>{STYLE}</style></head>"
        f"<body><main><h1>hub-mcp</h1>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(body, status, {**HEADERS, "Content-Security-Policy": f"{POLICY}; {policy}"})


def _isolated(text: str) -> str:
    """The text with each quoted name isolated, so that a right-to-left one does not reorder other text."""
    return _QUOTED.sub(lambda name: f"<bdi>{name[0]}</bdi>", escape(text))


def button(action: str, says: str) -> str:
    """A form with just a button."""
    return f"<form method='post' action='{escape(action)}'><button>{escape(says)}</button></form>"


def form(action: str, hidden: Mapping[str, str], fields: str, says: str) -> str:
    """A form with fields, made by the functions below."""
    kept = "".join(
        f"<input type='hidden' name='{escape(name)}' value='{escape(value)}'>"
        for name, value in hidden.items()
    )
    return (
        f"<form method='post' action='{escape(action)}' autocomplete='off'>{kept}{fields}"
        f"<button>{escape(says)}</button></form>"
    )


def name_field(name: str) -> str:
    """The field for a name."""
    return (
        f"<label>To go ahead, type exactly <b><bdi>{escape(name)}</bdi></b>"
        "<input name='name' autocomplete='off' autocapitalize='none' spellcheck='false' dir='auto' required "
        "aria-describedby='wrong' autofocus></label>"
    )


def secret_field(shortest: int) -> str:
    """The field for a secret, which is not displayed."""
    return (
        "<label>The secret, on one line: line breaks are lost here"
        f"<input type='password' name='secret' autocomplete='off' spellcheck='false' minlength='{shortest}' "
        "required aria-describedby='wrong' autofocus></label>"
        "<p>It is kept in this server's memory until the assistant's call goes on, at most ten minutes, and "
        "then goes to the Hub alone.</p>"
    )
