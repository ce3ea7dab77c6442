// A TypeScript client that opens pages (URL mode elicitation), before a person at a browser who types a secret there.
//   node url_client.mjs PACKAGE URL CHROMIUM FLAG…
// What it was asked, and what its one call came to, as JSON; the environment has AUTHORIZATION, TOKEN, SECRET, CALL.
import { chromium } from "playwright-core";

const [name, url, executablePath, ...flags] = process.argv.slice(2);
const { AUTHORIZATION, TOKEN, SECRET, CALL } = process.env;
const modern = name === "@modelcontextprotocol/client";
const inside = (path) => import(modern ? `${name}${path.new}` : `${name}/client/${path.old}.js`);
const sdk = await inside({ new: "", old: "index" });
const http = await inside({ new: "", old: "streamableHttp" });

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...flags] });
const asked = [];

async function typed({ params }) {
  asked.push(params);
  const page = await browser.newPage();
  await page.goto(params.url);
  await page.click("button");
  await page.fill("[name=token]", TOKEN);
  await page.click("button");
  await page.fill("[name=secret]", SECRET);
  await page.click("button");
  await page.waitForSelector("text=Thank you.");
  return { action: "accept" };
}

const client = new sdk.Client({ name: "judge", version: "1" }, { capabilities: { elicitation: { url: {} } } });
if (modern) client.setRequestHandler("elicitation/create", typed);
else client.setRequestHandler((await import(`${name}/types.js`)).ElicitRequestSchema, typed);
const requestInit = { headers: { Authorization: AUTHORIZATION } };
await client.connect(new http.StreamableHTTPClientTransport(new URL(url), { requestInit }));
const answer = await client.callTool(JSON.parse(CALL)).catch((error) => ({ thrown: String(error) }));
await client.close();
await browser.close();
console.log(JSON.stringify({ asked, answer }));
