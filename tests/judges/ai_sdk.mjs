// The AI SDK with a stand-in for the model, before the server that follows; what the model got, as JSON.
//   node ai_sdk.mjs http URL | stdio COMMAND ARGUMENT…
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioMCPTransport } from "@ai-sdk/mcp/mcp-stdio";
import { generateText, stepCountIs } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const [kind, ...target] = process.argv.slice(2);
const transport =
  kind === "http"
    ? { type: "http", url: target[0] }
    : new StdioMCPTransport({ command: target[0], args: target.slice(1), env: process.env });
const client = await createMCPClient({ transport });
const calls = JSON.parse(process.env.CALLS);
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
let asked;
const results = () => asked.prompt.filter(({ role }) => role === "tool").flatMap(({ content }) => content);
const model = new MockLanguageModelV4({
  doGenerate: async (options) => {
    asked = options;
    const call = calls[results().length];
    const content = call
      ? { type: "tool-call", toolCallId: `c${results().length}`, toolName: call[0], input: JSON.stringify(call[1]) }
      : { type: "text", text: "All is done." };
    const unified = call ? "tool-calls" : "stop";
    return { content: [content], finishReason: { unified, raw: unified }, usage, warnings: [] };
  },
});
const tools = await client.tools();
await generateText({ model, tools, prompt: "go", stopWhen: stepCountIs(calls.length + 1) });
await client.close();
console.log(JSON.stringify({ tools: asked.tools.map(({ name }) => name), answers: results().map(({ output }) => output) }));
