"""One agent framework's own MCP client before the server on stdio; what it got, as JSON.

    python framework_client.py FRAMEWORK COMMAND ARGUMENT…

CALLS in the environment says which calls to make: [[tool, arguments], …]. It runs under the frameworks' own
interpreter, most of which need an older SDK of the protocol, and imports nothing of ours.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any

COMMAND, *ARGUMENTS = sys.argv[2:]
CALLS: list[tuple[str, dict[str, Any]]] = json.loads(os.environ["CALLS"])
ENV = {name: value for name, value in os.environ.items() if name != "CALLS"}


async def python_sdk() -> dict[str, Any]:
    """The protocol's Python SDK of the first major version."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENV)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        answers = [(await session.call_tool(tool, given)).content for tool, given in CALLS]
        return {
            "tools": [tool.name for tool in tools],
            "answers": [[block.model_dump(mode="json") for block in one] for one in answers],
        }


async def google_genai() -> dict[str, Any]:
    """Gemini's conversion of every tool's schema."""
    from google.genai._mcp_utils import mcp_to_gemini_tools
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENV)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        converted = mcp_to_gemini_tools((await session.list_tools()).tools)
    declared = [one for tool in converted for one in tool.function_declarations or ()]
    schemas = [one.parameters or one.parameters_json_schema for one in declared]
    return {
        "tools": [one.name for one in declared],
        "empty": [one.name for one, schema in zip(declared, schemas, strict=True) if not _properties(schema)],
    }


def _properties(schema: Any) -> Any:
    return schema.get("properties") if isinstance(schema, dict) else getattr(schema, "properties", None)


async def openai_agents() -> dict[str, Any]:
    """OpenAI's agents with strict schemas: every argument required and filled in."""
    from agents.mcp import MCPServerStdio
    from agents.mcp.util import MCPUtil

    params: Any = {"command": COMMAND, "args": ARGUMENTS, "env": ENV}
    async with MCPServerStdio(params=params, client_session_timeout_seconds=120) as server:
        tools = await server.list_tools()
        strict = [MCPUtil.to_function_tool(tool, server, convert_schemas_to_strict=True) for tool in tools]
        answers = [
            [block.model_dump(mode="json") for block in (await server.call_tool(tool, given)).content]
            for tool, given in CALLS
        ]
        return {
            "tools": [tool.name for tool in strict],
            "loose": [tool.name for tool in strict if not tool.strict_json_schema],
            "open": [tool.name for tool in strict if _open(tool.params_json_schema)],
            "required": {tool.name: tool.params_json_schema.get("required", []) for tool in strict},
            "answers": answers,
        }


def _open(schema: Any) -> bool:
    """Whether an object in a schema takes further names, which OpenAI's strict mode refuses."""
    if isinstance(schema, dict):
        is_object = "object" in schema.get("type", ())
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), schema.get("items")]
        return (is_object and schema.get("additionalProperties") is not False) or any(map(_open, inner))
    return False


async def langchain() -> dict[str, Any]:
    """LangChain's adapters, one server a call as is their default."""
    from langchain_mcp_adapters.client import MultiServerMCPClient

    client = MultiServerMCPClient(
        {"hub": {"transport": "stdio", "command": COMMAND, "args": ARGUMENTS, "env": ENV}}
    )
    tools = {tool.name: tool for tool in await client.get_tools()}
    answers: list[Any] = []
    for name, given in CALLS:
        try:
            answers.append(await tools[name].ainvoke(given))
        except Exception as error:  # how LangChain reports an error result
            answers.append(str(error))
    return {"tools": list(tools), "answers": answers}


async def llama_index() -> dict[str, Any]:
    """LlamaIndex's tool specification."""
    from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

    client = BasicMCPClient(COMMAND, args=ARGUMENTS, env=ENV, timeout=120)
    tools = {tool.metadata.name: tool for tool in await McpToolSpec(client).to_tool_list_async()}
    answers = [str((await tools[name].acall(**given)).content) for name, given in CALLS]
    return {"tools": list(tools), "answers": answers}


def smolagents() -> dict[str, Any]:
    """smolagents' tool collection, which holds every schema against rules of its own."""
    from mcp import StdioServerParameters
    from smolagents import MCPClient

    server = StdioServerParameters(command=COMMAND, args=ARGUMENTS, env=ENV)
    with MCPClient(server, structured_output=False) as found:
        tools = {tool.name: tool for tool in found}
        answers = []
        for name, given in CALLS:
            try:
                answers.append(str(tools[name](**given)))
            except Exception as error:  # how it reports an error result
                answers.append(str(error))
        return {"tools": list(tools), "answers": answers}


async def huggingface_hub() -> dict[str, Any]:
    """The tools as huggingface_hub's own MCPClient offers them to a model, and calls them."""
    from huggingface_hub import MCPClient

    client = MCPClient(model="none", api_key="none")
    async with client:
        await client.add_mcp_server(type="stdio", command=COMMAND, args=ARGUMENTS, env=ENV)
        answers = [
            [
                block.model_dump(mode="json")
                for block in (await client.sessions[name].call_tool(name, given)).content
            ]
            for name, given in CALLS
        ]
        return {"tools": [tool["function"]["name"] for tool in client.available_tools], "answers": answers}


async def pydantic_ai() -> dict[str, Any]:
    """An agent of pydantic-ai whose model is a function: it makes the calls and keeps what it reads."""
    from pydantic_ai import Agent
    from pydantic_ai.mcp import MCPToolset, StdioTransport
    from pydantic_ai.messages import ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
    from pydantic_ai.models.function import FunctionModel

    offered: list[str] = []
    answers: list[Any] = []

    def model(messages: Any, info: Any) -> Any:
        offered[:] = [tool.name for tool in info.function_tools]
        parts = [part for message in messages for part in message.parts]
        answers[:] = [part.content for part in parts if isinstance(part, (ToolReturnPart, RetryPromptPart))]
        if len(answers) == len(CALLS):
            return ModelResponse(parts=[TextPart("All is done.")])
        return ModelResponse(parts=[ToolCallPart(*CALLS[len(answers)])])

    server: Any = MCPToolset(StdioTransport(command=COMMAND, args=ARGUMENTS, env=ENV))
    async with Agent(FunctionModel(model), toolsets=[server]) as agent:
        await agent.run("go")
    return {"tools": offered, "answers": answers}


FRAMEWORKS: dict[str, Callable[[], Coroutine[Any, Any, dict[str, Any]] | dict[str, Any]]] = {
    one.__name__: one
    for one in (
        python_sdk,
        google_genai,
        openai_agents,
        langchain,
        llama_index,
        smolagents,
        huggingface_hub,
        pydantic_ai,
    )
}

if __name__ == "__main__":
    told = FRAMEWORKS[sys.argv[1]]()
    print(json.dumps(asyncio.run(told) if asyncio.iscoroutine(told) else told, default=str))
