// One TypeScript client, of the package named first, before the server that follows; what it got, as JSON.
//   node typescript_client.mjs PACKAGE http URL | PACKAGE stdio COMMAND ARGUMENT…

const [name, transport, ...target] = process.argv.slice(2);
const modern = name === "@modelcontextprotocol/client";
const inside = (path) => import(modern ? `${name}${path.new}` : `${name}/client/${path.old}.js`);

const sdk = await inside({ new: "", old: "index" });
const wire =
  transport === "http"
    ? new (await inside({ new: "", old: "streamableHttp" })).StreamableHTTPClientTransport(new URL(target[0]))
    : new (await inside({ new: "/stdio", old: "stdio" })).StdioClientTransport({
        command: target[0],
        args: target.slice(1),
        env: process.env,
      });

const client = new sdk.Client({ name: "judge", version: "1" }, { capabilities: {} });
await client.connect(wire);
const calls = JSON.parse(process.env.CALLS);
const { tools } = await client.listTools();
const answers = [];
for (const [tool, given] of calls) {
  try {
    answers.push(await client.callTool({ name: tool, arguments: given }));
  } catch (error) {
    answers.push({ thrown: String(error) });
  }
}
const resources = (await client.listResources()).resources.length;
const read = await client.readResource({ uri: "hub://models?limit=1" });
await client.close();
console.log(JSON.stringify({ tools, answers, resources, read }));
