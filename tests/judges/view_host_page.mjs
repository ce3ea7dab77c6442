// What runs in the reference host's own page: AppBridge on the frame that a view is shown in.
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

const EVERYTHING = { openLinks: {}, serverTools: {}, updateModelContext: { text: {} }, message: { text: {} } };

window.show = async ({ html, given, answer, theme, early, can = EVERYTHING, tool }) => {
  const frame = document.getElementById("view");
  const bridge = new AppBridge(null, { name: "reference-host", version: "1" }, can, {
    hostContext: { theme, displayMode: "inline", toolInfo: { tool: { name: tool, inputSchema: { type: "object" } } } },
  });
  const initialized = new Promise((done) => (bridge.oninitialized = done));
  bridge.oncalltool = ({ name, arguments: more }) => window.passOn(name, more);
  bridge.onopenlink = async ({ url }) => (await window.note("links", url), {});
  bridge.onmessage = async (message) => (await window.note("messages", message), {});
  bridge.onupdatemodelcontext = async (context) => (await window.note("contexts", context), {});
  bridge.onsizechange = ({ height }) => height && (frame.style.height = `${height}px`);
  window.teardown = () => bridge.teardownResource({});
  window.retheme = (other) => bridge.setHostContext({ theme: other });
  frame.sandbox = "allow-scripts";
  const loaded = new Promise((done) => (frame.onload = done));
  const transport = new PostMessageTransport(frame.contentWindow, frame.contentWindow);
  if (early) {
    const held = [];
    const hold = ({ data, source }) => held.push({ data, source });
    addEventListener("message", hold);
    frame.srcdoc = html;
    await loaded;
    frame.contentWindow.postMessage({ jsonrpc: "2.0", method: "ui/notifications/tool-result", params: answer }, "*");
    removeEventListener("message", hold);
    await bridge.connect(transport);
    for (const one of held) dispatchEvent(new MessageEvent("message", one));
    return;
  }
  await bridge.connect(transport);
  frame.srcdoc = html;
  await initialized;
  await bridge.sendToolInput({ arguments: given });
  await bridge.sendToolResult(answer);
};
