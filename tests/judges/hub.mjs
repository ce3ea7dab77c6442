// Steps of the official JavaScript client: `node hub.mjs http://127.0.0.1:PORT GROUP`; a line of JSON for each.
// A line has the step's name and its answer, or what the client threw; `test_npm_hub.py` judges them. GROUP is the
// id of a resource group of nimbus-labs.
import * as hub from "@huggingface/hub";

const [hubUrl, group] = process.argv.slice(2);
const ada = { hubUrl, accessToken: "hf_sandbox_ada_write" };
const readOnly = { hubUrl, accessToken: "hf_sandbox_ada_read" };
const fine = { hubUrl, accessToken: "hf_sandbox_ada_fine" };
const eve = { hubUrl, accessToken: "hf_sandbox_eve_write" };
const unknown = { hubUrl, accessToken: "hf_nobody" };
const anonymous = { hubUrl };

async function step(name, answer) {
  const line = { step: name };
  try {
    line.answer = (await answer()) ?? null;
  } catch (error) {
    line.threw = {
      kind: error instanceof hub.HubApiError ? "HubApiError" : error.constructor.name,
      status: error.statusCode,
      message: error.message,
      requestId: error.requestId,
      data: error.data,
    };
  }
  console.log(JSON.stringify(line));
  return line.answer;
}

async function all(rows) {
  const found = [];
  for await (const row of rows) found.push(row);
  return found;
}

const names = async (rows) => (await all(rows)).map((row) => row.name);

// A listing with the number of requests it took; a page of `size` rows in place of the client's own.
async function paged(listing, params, size) {
  let requests = 0;
  const counting = (url, options) => {
    requests += 1;
    return fetch(size ? String(url).replace(/([?&]limit)=\d+/, `$1=${size}`) : url, options);
  };
  const rows = await all(listing({ ...params, fetch: counting }));
  return { names: rows.map((row) => row.name ?? row.slug), requests };
}

// Who am I
await step("whoAmI", () => hub.whoAmI(ada));
await step("whoAmI fine-grained", () => hub.whoAmI(fine));
await step("whoAmI with an unknown token", () => hub.whoAmI(unknown));
await step("whoAmI without hf_", () => hub.whoAmI({ hubUrl, accessToken: "secret" }));

// Listings
const llama = { owner: "meta-llama", query: "8b", task: "text-generation", tags: ["en", "conversational"] };
await step("listModels searched", () =>
  all(hub.listModels({ ...ada, search: llama, sort: "downloads", additionalFields: ["author", "filePaths"] })));
await step("listModels by provider and app", () =>
  names(hub.listModels({ ...ada, search: { inferenceProviders: ["novita"], apps: ["vllm"], owner: "meta-llama" } })));
const expandable = (keys) => keys.filter((key) => key !== "gitalyUid"); // which the Hub's own list has no more
await step("listModels expanded", () =>
  all(hub.listModels({ ...ada, search: { owner: "openai-community", query: "gpt2" }, sort: "id",
    additionalFields: expandable(hub.MODEL_EXPANDABLE_KEYS) })));
for (const sort of ["createdAt", "downloads", "likes", "lastModified", "likes30d", "trendingScore", "num_parameters",
  "mainSize", "id"]) {
  await step(`listModels by ${sort}`, () =>
    all(hub.listModels({ ...ada, sort, limit: 40, additionalFields: ["createdAt", "safetensors"] })));
  await step(`listDatasets by ${sort}`, () =>
    all(hub.listDatasets({ ...ada, sort, limit: 40, additionalFields: ["createdAt"] })));
}
await step("listModels", () => paged(hub.listModels, { ...anonymous, sort: "downloads" }));
await step("listModels, small pages", () => paged(hub.listModels, { ...anonymous, sort: "downloads" }, 97));
await step("listModels, limit", () => paged(hub.listModels, { ...anonymous, sort: "downloads", limit: 30 }, 25));
await step("listDatasets", () => paged(hub.listDatasets, ada));
await step("listDatasets, small pages", () => paged(hub.listDatasets, ada, 7));
await step("listDatasets searched", () =>
  all(hub.listDatasets({ ...ada, search: { owner: "ibm", query: "duo", tags: ["language:en"] },
    additionalFields: expandable(hub.DATASET_EXPANDABLE_KEYS) })));
await step("listDatasets by rows", () =>
  names(hub.listDatasets({ ...ada, sort: "datasetsServerInfo.numRows", limit: 3 })));
await step("listSpaces", () => paged(hub.listSpaces, { ...ada, sort: "likes" }));
await step("listSpaces, small pages", () => paged(hub.listSpaces, { ...ada, sort: "likes" }, 7));
await step("listSpaces searched", () =>
  all(hub.listSpaces({ ...ada, search: { owner: "nimbus-labs", query: "rain", tags: ["gradio"] },
    additionalFields: expandable(hub.SPACE_EXPANDABLE_KEYS) })));
await step("listSpaces anonymously", () => names(hub.listSpaces({ ...anonymous, search: { owner: "nimbus-labs" } })));

// One repository
await step("modelInfo", () =>
  hub.modelInfo({ ...ada, name: "google-bert/bert-base-uncased",
    additionalFields: [...expandable(hub.MODEL_EXPANDABLE_KEYS), "filePaths"] }));
await step("modelInfo served", () =>
  hub.modelInfo({ ...ada, name: "meta-llama/Llama-3.1-8B-Instruct", additionalFields: ["inferenceProviderMapping"] }));
await step("modelInfo, old name", () => hub.modelInfo({ ...ada, name: "gpt2" }));
await step("modelInfo, other case", () => hub.modelInfo({ ...anonymous, name: "OpenAI-Community/GPT2" }));
await step("modelInfo, gated", () => hub.modelInfo({ ...anonymous, name: "meta-llama/Llama-3.1-8B" }));
await step("modelInfo, ten thousand files", () =>
  hub.modelInfo({ ...anonymous, name: "nimbus-labs/checkpoint-archive", additionalFields: ["filePaths"] })
    .then((model) => model.filePaths.length));
await step("datasetInfo", () =>
  hub.datasetInfo({ ...ada, name: "rajpurkar/squad", revision: "refs/convert/parquet",
    additionalFields: expandable(hub.DATASET_EXPANDABLE_KEYS) }));
await step("spaceInfo", () =>
  hub.spaceInfo({ ...ada, name: "nimbus-labs/will-it-rain", additionalFields: expandable(hub.SPACE_EXPANDABLE_KEYS) }));
await step("checkRepoAccess", () => hub.checkRepoAccess({ ...ada, repo: "ada/notes-to-self" }));
await step("checkRepoAccess anonymously", () => hub.checkRepoAccess({ ...anonymous, repo: "ada/notes-to-self" }));
for (const repo of ["openai-community/gpt2", "datasets/rajpurkar/squad", "spaces/ada/portfolio", "eve/secret-sauce"])
  await step(`repoExists ${repo}`, () => hub.repoExists({ ...ada, repo }));
await step("repoExists anonymously", () => hub.repoExists({ hubUrl, repo: "ada/notes-to-self" }));

// Its files
const squad = { ...ada, repo: "datasets/rajpurkar/squad" };
await step("listFiles", () => all(hub.listFiles({ ...ada, repo: "openai-community/gpt2", expand: true })));
await step("listFiles, several pages", () =>
  all(hub.listFiles({ ...anonymous, repo: "nimbus-labs/checkpoint-archive", path: "steps", recursive: true }))
    .then((rows) => rows.filter((row) => row.type === "file").length));
await step("listFiles, gated", () => all(hub.listFiles({ ...anonymous, repo: "meta-llama/Llama-3.1-8B" })));
await step("listFiles, refused", () => all(hub.listFiles({ ...eve, repo: "meta-llama/Llama-3.1-8B" })));
await step("listFiles, disabled", () => all(hub.listFiles({ ...ada, repo: "ykilcher/gpt-4chan" })));
await step("downloadFile", async () => (await (await hub.downloadFile({ ...squad, path: "README.md" })).text()).slice(0, 4));
await step("downloadFile, a shard", async () => {
  const path = "plain_text/validation/0000.parquet";
  const shard = await hub.downloadFile({ ...squad, path, revision: "refs/convert/parquet" });
  return { size: shard.size, starts: await shard.slice(0, 4).text(), ends: await shard.slice(shard.size - 4, shard.size).text() };
});
await step("downloadFile, none", () => hub.downloadFile({ ...squad, path: "none.txt" }));
await step("fileDownloadInfo", () => hub.fileDownloadInfo({ ...squad, path: "README.md" }));

// Making and deleting
await step("createRepo model", () =>
  hub.createRepo({ ...ada, repo: "ada/js-model", license: "mit", visibility: "private",
    files: [{ path: "notes/a.txt", content: new Blob(["åøå"]) }] }));
await step("createRepo dataset", () => hub.createRepo({ ...ada, repo: "datasets/ada/js-data", private: true }));
await step("createRepo space", () => hub.createRepo({ ...ada, repo: "spaces/ada/js-space", sdk: "gradio" }));
await step("createRepo protected", () =>
  hub.createRepo({ ...ada, repo: "spaces/ada/js-app", sdk: "static", visibility: "protected" }));
await step("createRepo for an organization", () =>
  hub.createRepo({ ...fine, repo: "nimbus-labs/js-model", resourceGroupId: group }));
await step("its model", () => hub.modelInfo({ ...ada, name: "ada/js-model", additionalFields: ["cardData", "filePaths"] }));
await step("its file", async () =>
  (await hub.downloadFile({ ...ada, repo: "ada/js-model", path: "notes/a.txt" })).text());
await step("its dataset", () => hub.datasetInfo({ ...ada, name: "ada/js-data" }));
await step("its space", () => hub.spaceInfo({ ...ada, name: "ada/js-space", additionalFields: ["runtime"] }));
await step("createRepo again", () => hub.createRepo({ ...ada, repo: "ada/js-model" }));
await step("createRepo read-only", () => hub.createRepo({ ...readOnly, repo: "ada/js-other" }));
await step("createRepo outside the token", () => hub.createRepo({ ...fine, repo: "ada/js-other" }));
await step("createRepo for others", () => hub.createRepo({ ...ada, repo: "openai-community/js-other" }));
await step("createRepo signed out", () => hub.createRepo({ ...unknown, repo: "ada/js-other" }));
await step("createRepo beyond the plan", () => hub.createRepo({ ...eve, repo: "spaces/eve/js-app", sdk: "gradio" }));
await step("createRepo, a bad name", () => hub.createRepo({ ...ada, repo: "ada/js--other..git" }));
await step("createRepo, a bad licence", () => hub.createRepo({ ...ada, repo: "ada/js-other", license: "nope" }));
await step("deleteRepo by another", () => hub.deleteRepo({ ...eve, repo: "ada/fjord-names" }));
await step("deleteRepo of another, private", () => hub.deleteRepo({ ...eve, repo: "ada/js-model" }));
for (const repo of ["ada/js-model", "datasets/ada/js-data", "spaces/ada/js-space", "spaces/ada/js-app",
  "nimbus-labs/js-model"])
  await step(`deleteRepo ${repo}`, () => hub.deleteRepo({ ...ada, repo }));
await step("deleteRepo again", () => hub.deleteRepo({ ...ada, repo: "ada/js-model" }));
await step("repoExists after", () => hub.repoExists({ ...ada, repo: "ada/js-model" }));

// Collections
await step("listCollections", () => paged(hub.listCollections, ada));
await step("listCollections, small pages", () => paged(hub.listCollections, { ...ada, sort: "upvotes" }, 3));
await step("listCollections, limit", () => paged(hub.listCollections, { ...ada, sort: "upvotes", limit: 5 }, 2));
await step("listCollections searched", () =>
  all(hub.listCollections({ ...ada, sort: "lastModified",
    search: { owner: ["ada", "nimbus-labs"], item: ["models/nimbus-labs/nowcast-2b"], q: "weather" } })));
await step("listCollections by paper", () =>
  paged(hub.listCollections, { ...anonymous, search: { item: ["papers/1810.04805"] } }));
const made = await step("createCollection", () =>
  hub.createCollection({ ...ada, collection: { title: "From JavaScript", namespace: "ada", description: "By hand.",
    private: true, item: { type: "paper", id: "1810.04805" } } }));
await step("its collection", () => all(hub.listCollections({ ...ada, search: { owner: ["ada"], q: "javascript" } })));
await step("its collection anonymously", () =>
  all(hub.listCollections({ ...anonymous, search: { owner: ["ada"], q: "javascript" } })));
await step("createCollection again", () =>
  hub.createCollection({ ...ada, collection: { title: "From JavaScript", namespace: "ada" } }));
await step("createCollection for others", () =>
  hub.createCollection({ ...ada, collection: { title: "Not mine", namespace: "eve" } }));
await step("createCollection, a long title", () =>
  hub.createCollection({ ...ada, collection: { title: "x".repeat(61), namespace: "ada" } }));
await step("createCollection read-only", () =>
  hub.createCollection({ ...readOnly, collection: { title: "Read-only", namespace: "ada" } }));
await step("deleteCollection by another", () => hub.deleteCollection({ ...eve, slug: made.slug }));
await step("deleteCollection", () => hub.deleteCollection({ ...ada, slug: made.slug }));
await step("deleteCollection again", () => hub.deleteCollection({ ...ada, slug: made.slug }));

// What a listing refuses
await step("listModels, no such sort", () => all(hub.listModels({ ...ada, sort: "author" })));
await step("listSpaces, no such sort", () => all(hub.listSpaces({ ...ada, sort: "downloads" })));
await step("listModels, no such field", () => all(hub.listModels({ ...ada, additionalFields: ["gitalyUid"] })));
await step("modelInfo of another, private", () => hub.modelInfo({ ...ada, name: "eve/secret-sauce" }));
await step("modelInfo anonymously, private", () => hub.modelInfo({ ...anonymous, name: "eve/secret-sauce" }));
await step("modelInfo, no such revision", () => hub.modelInfo({ ...ada, name: "openai-community/gpt2", revision: "none" }));
await step("datasetInfo, none", () => hub.datasetInfo({ ...ada, name: "ada/none" }));
await step("spaceInfo, none", () => hub.spaceInfo({ ...ada, name: "ada/none" }));
