// JSON-RPC with the host over postMessage (MCP Apps, 2026-01-26). Only the parent window is accepted.
const host = (() => {
  const waiting = new Map(), hears = new Map(), endings = [];
  let sent = 0, can = {};
  const post = message => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");

  addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || source === window || data?.jsonrpc !== "2.0") return;
    if (typeof data.method !== "string") return answered(data);
    if (!("id" in data)) return hears.get(data.method)?.(data.params ?? {});
    if (data.method === "ui/resource-teardown") for (const end of endings.splice(0)) end();
    if (["ping", "ui/resource-teardown"].includes(data.method)) return post({ id: data.id, result: {} });
    post({ id: data.id, error: { code: -32601, message: "This view does not do that." } });
  });

  function answered({ id, result, error }) {
    const call = waiting.get(id);
    if (!call) return;
    waiting.delete(id);
    if (error) call.fail(new Error(String(error.message ?? "The host said no.")));
    else call.done(result ?? {});
  }

  const request = (method, params) => new Promise((done, fail) => {
    waiting.set(++sent, { done, fail });
    post({ id: sent, method, params });
  });
  const tell = (method, params = {}) => post({ method, params });

  function dress({ theme, styles }) {
    const root = document.documentElement;
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    for (const [name, value] of Object.entries(styles?.variables ?? {}))
      if (/^--[a-z0-9-]+$/.test(name) && typeof value === "string" && !/url|image|src/i.test(value))
        root.style.setProperty(name, value); // only colors and lengths, nothing that would be fetched
  }

  async function begin(name, modes = ["inline"]) {
    hears.set("ui/notifications/host-context-changed", dress);
    const told = await request("ui/initialize", {
      appInfo: { name: `hub-mcp ${name}`, version: "1" },
      appCapabilities: { availableDisplayModes: modes },
      protocolVersion: "2026-01-26",
    });
    can = told.hostCapabilities ?? {};
    dress(told.hostContext ?? {});
    tell("ui/notifications/initialized");
    const size = new ResizeObserver(() => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      tell("ui/notifications/size-changed", { height });
    });
    size.observe(document.body);
    endings.push(() => size.disconnect());
    document.documentElement.dataset.ready = "yes";
  }

  return {
    begin, request, tell,
    on: (method, then) => hears.set(`ui/notifications/${method}`, then),
    atEnd: then => endings.push(then),
    can: name => name in can,
    call: (name, args) => request("tools/call", { name, arguments: args }),
    open: url => request("ui/open-link", { url }),
  };
})();

const $ = id => document.getElementById(id);
const number = value => value.toLocaleString("en");
const count = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;

// Text by others never becomes markup, and characters that would hide or reverse it become visible.
const plain = text => String(text).replace(
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, "\ufffd");

function el(name, kind, ...inside) {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  for (const part of inside) node.append(part instanceof Node ? part : plain(part));
  return node;
}

function told(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? value.slice(0, 10) : value;
  if (Array.isArray(value)) return value.map(told).join(", ");
  return Object.entries(value).map(([name, one]) => `${name} ${told(one)}`).join(", ");
}

const textOf = result => (result?.content ?? []).map(one => one.type === "text" ? one.text : "").join("\n").trim();

function link(url, text, status) {
  const node = el("a", "", text);
  node.href = url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  node.addEventListener("click", async event => {
    event.preventDefault();
    const done = await host.open(url).catch(() => ({ isError: true }));
    if (done.isError) status(`This host does not open links. The address: ${url}`);
  });
  return node;
}
