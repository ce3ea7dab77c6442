// A reference host of MCP Apps: a client of the server that follows, AppBridge, and a headless Chromium.
//   node view_host.mjs CHROMIUM COMMAND ARGUMENT…
// Each line of standard input is an order, {"do": "…", …}; each line of standard output says what came of it.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { obey } from "./orders.mjs";

const [browserPath, command, ...args] = process.argv.slice(2);
const UI = "io.modelcontextprotocol/ui", HTML = "text/html;profile=mcp-app";
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; media-src 'self' data:; connect-src 'none'";

const declared = process.env.PLAIN_CLIENT ? {} : { extensions: { [UI]: { mimeTypes: [HTML] } } };
const client = new Client({ name: "reference-host", version: "1" }, { capabilities: declared });
await client.connect(new StdioClientTransport({ command, args, env: process.env }));
const { tools } = await client.listTools();

const bundle = await rolldown({ input: new URL("view_host_page.mjs", import.meta.url).pathname, platform: "browser" });
const script = (await bundle.generate({ format: "iife" })).output[0].code;
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
let page, frame, seen;

const called = (name, given) => client.callTool({ name, arguments: given }).catch((error) => ({ thrown: String(error) }));

// What the host passes on: an app may call the tools that are for apps, a model those that are for models.
const mayCall = (name, who) => {
  const tool = tools.find((one) => one.name === name);
  return tool && (tool._meta?.ui?.visibility ?? ["model", "app"]).includes(who);
};

async function open({ tool, arguments: given = {}, result, theme = "light", early = false, can, width = 760 }) {
  await page?.close();
  seen = { requests: [], complaints: [], messages: [], contexts: [], links: [], calls: [] };
  const mine = seen;
  page = await browser.newPage({ viewport: { width, height: 620 }, colorScheme: theme });
  const uri = tools.find((one) => one.name === tool)._meta.ui.resourceUri;
  const [{ text, mimeType }] = (await client.readResource({ uri })).contents;
  const answer = result ?? (await called(tool, given));
  page.on("request", (request) => mine.requests.push(request.url()));
  page.on("console", (one) => ["error", "warning"].includes(one.type()) && mine.complaints.push(one.text()));
  page.on("pageerror", (error) => mine.complaints.push(String(error)));
  await page.exposeFunction("passOn", async (name, more) => {
    mine.calls.push({ name, arguments: more });
    return mayCall(name, "app") ? called(name, more) : { isError: true, content: [] };
  });
  await page.exposeFunction("note", (what, said) => void mine[what].push(said));
  await page.setContent("<!doctype html><body style='margin:0'><iframe id='view' style='border:0;width:100%;height:600px'></iframe>");
  await page.addScriptTag({ content: script });
  const html = text.replace("<head>", `<head><meta http-equiv="Content-Security-Policy" content="${POLICY}">`);
  await page.evaluate((all) => window.show(all), { html, given, answer, theme, early, can, tool });
  frame = page.frames().find((one) => one !== page.mainFrame());
  return { answer, bytes: Buffer.byteLength(text), mimeType };
}

// The value of an expression in the view as soon as it is true; asked from here, since the page may not evaluate.
async function until({ js }) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 30))) {
    const value = await frame.evaluate(js).catch(() => null);
    if (value) return value;
  }
  throw new Error(`never: ${js}\n${await frame.evaluate("document.body.innerText")}`);
}

// The first so many of what left the view, as soon as there are.
async function left({ what, least }) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 30)))
    if (seen[what].length >= least) return seen[what];
  throw new Error(`never: ${least} ${what}`);
}

const orders = {
  open,
  tools: () => tools,
  call: ({ tool, arguments: given }) => called(tool, given),
  read: ({ uri }) => client.readResource({ uri }),
  frame: ({ js }) => frame.evaluate(js),
  until,
  page: ({ js }) => page.evaluate(js),
  press: ({ key }) => page.keyboard.press(key),
  type: ({ text }) => page.keyboard.type(text),
  click: ({ selector }) => frame.click(selector, { timeout: 10_000 }),
  clickTwice: ({ selector }) => frame.dblclick(selector, { timeout: 10_000 }),
  picture: async ({ path, most }) => {
    const { width, height } = await page.locator("#view").boundingBox();
    await page.screenshot({ path, clip: { x: 0, y: 0, width, height: Math.min(height, most) } });
  },
  seen: () => seen,
  left,
};

await obey(orders);
await browser.close();
await client.close();
