"""The views in a real browser, shown by a reference host on AppBridge."""

from __future__ import annotations

from typing import Any

from hub_mcp.server.views.view_pages import LARGEST
from tests.judges.view_host import ViewHost, needs_a_host
from tests.judges.view_host import host as host  # a fixture
from tests.judges.view_host import nothing_left_the_frame as nothing_left_the_frame  # another

pytestmark = needs_a_host
FIRST = "document.querySelector('#body tr[data-n] td')?.innerText"
HOSTILE = "<script>parent.postMessage('stolen','*')</script><img src=//evil.example/x>\u202eladom"


def of_rows(items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A result of a listing with these rows."""
    rows = {"title": "List models", "tool": "list_models", "arguments": {}, "columns": ["id"], "items": items}
    return {
        "content": [{"type": "text", "text": "rows"}],
        "_meta": {"hub_mcp/rows": {**rows, "links": [], "hub": "https://huggingface.co", **more}},
    }


def column(host: ViewHost, n: int = 0) -> list[str]:
    cells: list[str] = host.js(
        f"[...document.querySelectorAll('#body tr[data-n]')].map(row => row.cells[{n}].innerText)"
    )
    return cells


def test_a_listing_is_a_table_with_links_and_further_pages(host: ViewHost) -> None:
    opened = host.open("list_models", {"limit": 5, "sort": "downloads"})
    assert opened["mimeType"] == "text/html;profile=mcp-app"
    assert opened["bytes"] < LARGEST
    host.until("document.querySelectorAll('#body tr[data-n]').length === 5")
    first = host.js(FIRST)
    host.click("#body tr[data-n='0'] a")
    (link,) = host.left("links")
    assert link.endswith(f"/{first}")
    host.click("#next")
    host.until("document.querySelectorAll('#body tr[data-n]').length === 10")
    (call,) = host.seen["calls"]
    assert call["name"] == "list_models"
    assert call["arguments"].keys() == {"limit", "sort", "cursor"}
    host.click("#all")
    host.until("document.querySelector('#all').hidden && document.querySelector('#status').innerText")


def test_a_table_is_sorted_and_filtered_and_its_columns_are_chosen(host: ViewHost) -> None:
    host.open("list_models", {"limit": 20})
    host.until("document.querySelectorAll('#body tr[data-n]').length === 20")
    in_order = column(host)
    host.click("th[data-name=downloads] button")
    numbers = [int(one.replace(",", "")) for one in column(host, 2)]
    assert numbers == sorted(numbers)
    assert host.js("document.querySelector('th[data-name=downloads]').ariaSort") == "ascending"
    host.click("th[data-name=downloads] button")
    host.click("th[data-name=downloads] button")
    assert column(host) == in_order
    word = in_order[3].split("/")[1]
    host.click("#search")
    host.do("type", text=word)
    rows = "[...document.querySelectorAll('#body tr[data-n]')]"
    host.until(f"{rows}.every(row => row.innerText.includes({word!r}))")
    host.click("#choose summary")
    host.click("#columns label:nth-child(3) input")
    assert host.js("document.querySelector('th[data-name=downloads]')") is None


def test_ten_thousand_rows_are_there_and_few_of_them_drawn(host: ViewHost) -> None:
    items = [{"id": f"ada/model-{n:05}", "downloads": n * 7919 % 10_007} for n in range(10_000)]
    host.open("list_models", result=of_rows(items))
    host.until("document.querySelectorAll('#body tr[data-n]').length > 5")
    assert "10,000" in host.text("#status")
    drawn = "document.querySelectorAll('#body tr').length"
    assert host.js(drawn) < 80
    host.js("document.getElementById('scroll').focus()")
    host.do("press", key="End")
    host.until("document.activeElement.innerText.startsWith('ada/model-09999')")
    assert host.js(drawn) < 80
    assert host.js("document.activeElement.getAttribute('aria-rowindex')") == "10001"
    host.click("th[data-name=downloads] button")
    host.do("press", key="Home")
    host.until("document.querySelector('#body tr[data-n=\"0\"]')?.cells[1].innerText === '0'")


def test_what_strangers_wrote_is_text_and_nothing_else(host: ViewHost) -> None:
    items = [{"id": HOSTILE, "__proto__x": HOSTILE, "tags": [HOSTILE, {HOSTILE: HOSTILE}]}]
    host.open("list_models", result=of_rows(items, title=HOSTILE, links=['/x"><script>1</script>']))
    assert host.until(FIRST).startswith("<script>parent.postMessage")
    assert "\u202e" not in host.js("document.body.innerText")
    assert host.js("document.images.length + document.querySelectorAll('body script').length") == 1
    for bad in ("javascript:alert(1)", "https://evil.example/..", "data:text/html,x"):
        host.open("list_models", result=of_rows([{"id": "a/b"}], hub=bad, links=["/a/b"]))
        host.until(FIRST)
        assert host.js("document.querySelectorAll('#body a').length") == 0


def test_a_result_that_comes_before_the_handshake_is_shown(host: ViewHost) -> None:
    host.open("list_datasets", {"limit": 3}, early=True)
    host.until("document.querySelectorAll('#body tr[data-n]').length === 3")
    host.until("document.documentElement.dataset.ready === 'yes'")


def test_only_the_window_around_a_view_is_listened_to(host: ViewHost) -> None:
    host.open("list_models", {"limit": 3})
    before = host.until(FIRST)
    host.js(
        """(() => {
          const other = document.createElement("iframe");
          document.body.append(other);
          const said = { jsonrpc: "2.0", method: "ui/notifications/tool-result",
            params: { content: [{ type: "text", text: "forged" }] } };
          for (const source of [window, other.contentWindow, null])
            dispatchEvent(new MessageEvent("message", { data: said, source }));
          other.remove();
        })()"""
    )
    assert host.js(FIRST) == before
    assert "forged" not in host.js("document.body.innerText")


def test_a_view_ends_when_its_host_says_so(host: ViewHost) -> None:
    host.open("list_models", {"limit": 3})
    host.until(FIRST)
    assert host.do("page", js="window.teardown()") == {}


def test_a_view_follows_the_dark_of_its_host(host: ViewHost) -> None:
    host.open("list_models", {"limit": 3})
    host.until(FIRST)
    paint = "getComputedStyle(document.body).backgroundColor"
    light = host.js(paint)
    host.do("page", js="window.retheme('dark')")
    assert host.until(f"{paint} !== {light!r} && {paint}") != light


def test_a_keyboard_and_a_screen_reader_find_their_way(host: ViewHost) -> None:
    host.open("list_models", {"limit": 5})
    host.until(FIRST)
    nameless = (
        "[...document.querySelectorAll('button, input')]"
        ".filter(one => !one.textContent.trim() && !one.ariaLabel && !one.labels?.length)"
    )
    assert host.js(f"{nameless}.length") == 0
    assert host.js("[...document.querySelectorAll('th')].every(cell => cell.scope === 'col')")
    assert host.js("document.querySelector('table > caption').innerText").endswith("5 rows")
    host.js("document.getElementById('scroll').focus()")
    host.do("press", key="ArrowDown")
    host.do("press", key="ArrowDown")
    assert host.js("document.activeElement.dataset.n") == "1"
    host.do("press", key="Enter")
    assert len(host.left("links")) == 1


def test_an_answer_without_rows_is_shown_as_its_text(host: ViewHost) -> None:
    host.open("list_models", {"count": True})
    assert host.until("document.querySelector('#text:not([hidden])')?.innerText")
    host.open("list_models", {"nonsense": 1})
    assert "nonsense" in host.until("document.querySelector('#text:not([hidden])')?.innerText")
