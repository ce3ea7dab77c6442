// A headless Chromium that goes where it is told, without a script of its own in any page.
//   node plain_browser.mjs CHROMIUM FLAG…
// Each line of standard input is an order, {"do": "…", …}; each line of standard output says what came of it.
import { chromium } from "playwright-core";
import { obey } from "./orders.mjs";

const [executablePath, ...flags] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", ...flags] });
let context, page, complaints;

async function fresh({ width = 900, theme = "light" }) {
  await context?.close();
  context = await browser.newContext({ viewport: { width, height: 700 }, colorScheme: theme });
  page = await context.newPage();
  complaints = [];
  page.on("console", (one) => ["error", "warning"].includes(one.type()) && complaints.push(one.text()));
  page.on("request", (one) => one.resourceType() !== "document" && complaints.push(`asked for ${one.url()}`));
}

const seen = async () => ({ address: page.url(), text: await page.innerText("body") });
const orders = {
  fresh,
  open: async ({ address }) => (await page.goto(address), seen()),
  back: async () => (await page.goBack(), seen()),
  reload: async () => (await page.reload(), seen()),
  fill: async ({ selector, text }) => (await page.fill(selector, text), seen()),
  type: ({ text }) => page.keyboard.type(text),
  press: ({ key }) => page.keyboard.press(key),
  send: async ({ key, selector }) => {
    await Promise.all([page.waitForEvent("load"), key ? page.keyboard.press(key) : page.click(selector)]);
    return seen();
  },
  js: ({ js }) => page.evaluate(js),
  picture: ({ path }) => page.screenshot({ path, fullPage: true }),
  complaints: () => complaints,
};

await obey(orders);
await browser.close();
