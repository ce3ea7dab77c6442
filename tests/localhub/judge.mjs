// The official JavaScript client as judge: `node judge.mjs http://127.0.0.1:PORT`; exits with 1 on a difference.
import assert from "node:assert/strict";
import * as hub from "@huggingface/hub";

const ada = { hubUrl: process.argv[2], accessToken: "hf_sandbox_ada_write" };
const name = `ada/js-${Date.now()}`;

async function all(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

assert.equal((await hub.whoAmI(ada)).name, "ada");

const made = await hub.createRepo({ ...ada, repo: name, private: true, license: "mit" });
assert.equal(made.repoUrl, `${ada.hubUrl}/${name}`);
await hub.createRepo({ ...ada, repo: { type: "space", name }, sdk: "static" });
await hub.createRepo({ ...ada, repo: { type: "dataset", name } });
await assert.rejects(hub.createRepo({ ...ada, repo: name }), { statusCode: 409 });
assert.equal(await hub.repoExists({ ...ada, repo: name }), true);
assert.equal((await hub.modelInfo({ ...ada, name, additionalFields: ["sha", "cardData"] })).cardData.license, "mit");
for (const type of ["model", "dataset", "space"]) await hub.deleteRepo({ ...ada, repo: { type, name } });
assert.equal(await hub.repoExists({ ...ada, repo: name }), false);
await assert.rejects(hub.deleteRepo({ ...ada, repo: name }), { statusCode: 404 });

assert.equal((await hub.modelInfo({ ...ada, name: "gpt2" })).name, "openai-community/gpt2");
const squad = await hub.datasetInfo({ ...ada, name: "rajpurkar/squad", additionalFields: ["citation"] });
assert.match(squad.citation, /SQuAD/);
const space = await hub.spaceInfo({ ...ada, name: "nimbus-labs/will-it-rain", additionalFields: ["runtime"] });
assert.equal(space.runtime.stage, "RUNNING");

const search = { owner: "meta-llama", query: "8b", task: "text-generation", tags: ["en"] };
const models = await all(hub.listModels({ ...ada, search, sort: "downloads", additionalFields: ["author"] }));
assert.deepEqual(models.map((model) => model.name), ["meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B"]);
assert.ok((await all(hub.listModels(ada))).length > 200);
assert.deepEqual((await all(hub.listDatasets({ ...ada, search: { owner: "ibm" } }))).map((row) => row.name), ["ibm/duorc"]);
assert.ok((await all(hub.listSpaces({ ...ada, sort: "likes", additionalFields: ["models"] }))).length > 50);
assert.ok((await all(hub.listFiles({ ...ada, repo: "openai-community/gpt2" }))).length > 3);
