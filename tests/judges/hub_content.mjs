// What the official JavaScript client does with files: `node hub_content.mjs http://127.0.0.1:PORT FOLDER`; a line of
// JSON for each step, which `test_npm_content.py` judges. FOLDER is an empty one for downloads.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as hub from "@huggingface/hub";

const [hubUrl, folder] = process.argv.slice(2);
const ada = { hubUrl, accessToken: "hf_sandbox_ada_write" };
const eve = { hubUrl, accessToken: "hf_sandbox_eve_write" };
const bytes = new Uint8Array(10240).map((_, n) => n % 256);
const repo = "ada/js-content";

async function step(name, answer) {
  const line = { step: name };
  try {
    line.answer = (await answer()) ?? null;
  } catch (error) {
    line.threw = { status: error.statusCode, message: error.message };
  }
  console.log(JSON.stringify(line));
  return line.answer;
}

async function all(rows) {
  const found = [];
  for await (const row of rows) found.push(row);
  return found;
}

await step("createRepo", () => hub.createRepo({ ...ada, repo }));
const one = await step("uploadFile", () =>
  hub.uploadFile({ ...ada, repo, file: new File(["åøå\n"], "notes/a.txt"), commitTitle: "A note" }));
await step("uploadFiles", () =>
  hub.uploadFiles({ ...ada, repo, commitTitle: "Several", files: [
    { path: "w.bin", content: new Blob([bytes]) },
    { path: "big.bin", content: new Blob([new Uint8Array(11 * 1024 * 1024)]) },
    { path: "b.txt", content: new Blob(["b\n"]) }] }));
await step("listFiles", () => all(hub.listFiles({ ...ada, repo, recursive: true, expand: true })));
await step("pathsInfo", () => hub.pathsInfo({ ...ada, repo, paths: ["w.bin", "notes", "none"], expand: true }));
await step("listCommits", () => all(hub.listCommits({ ...ada, repo, batchSize: 2 })));
await step("fileExists", async () => [
  await hub.fileExists({ ...ada, repo, path: "w.bin" }),
  await hub.fileExists({ ...ada, repo, path: "none" }),
  await hub.fileExists({ ...ada, repo, path: "w.bin", revision: one.commit.oid })]);
await step("downloadFile", async () => {
  const blob = await hub.downloadFile({ ...ada, repo, path: "w.bin" });
  const text = await hub.downloadFile({ ...ada, repo, path: "notes/a.txt" });
  const raw = await hub.downloadFile({ ...ada, repo, path: "w.bin", raw: true });
  const same = Buffer.compare(Buffer.from(await blob.arrayBuffer()), Buffer.from(bytes)) === 0;
  return { same, text: await text.text(), raw: await raw.text() };
});
await step("snapshotDownload", async () => {
  const place = await hub.snapshotDownload({ ...ada, repo, cacheDir: folder });
  return { size: (await readFile(join(place, "big.bin"))).length, text: await readFile(join(place, "b.txt"), "utf8") };
});
await step("a stale parent", () =>
  hub.uploadFile({ ...ada, repo, file: new File(["x"], "x.txt"), parentCommit: one.commit.oid }));
await step("a pull request", () =>
  hub.uploadFile({ ...eve, repo, file: new File(["eve\n"], "b.txt"), isPullRequest: true, commitTitle: "Mine" }));
await step("its branch", async () =>
  (await hub.downloadFile({ ...ada, repo, path: "b.txt", revision: "refs/pr/1" })).text());
await step("not hers", () => hub.uploadFile({ ...eve, repo, file: new File(["x"], "x.txt") }));
await step("createBranch", () => hub.createBranch({ ...ada, repo, branch: "dev" }));
await step("on the branch", () =>
  hub.uploadFile({ ...ada, repo, file: new File(["dev\n"], "dev.txt"), branch: "dev" }));
await step("deleteBranch", () => hub.deleteBranch({ ...ada, repo, branch: "dev" }));
await step("deleteFile", () => hub.deleteFile({ ...ada, repo, path: "b.txt" }));
await step("deleteFiles", () => hub.deleteFiles({ ...ada, repo, paths: ["w.bin", "notes/a.txt"] }));
await step("what is left", () => all(hub.listFiles({ ...ada, repo, recursive: true })).then((rows) => rows.map((r) => r.path)));
await step("countCommits", () => hub.countCommits({ ...ada, repo, revision: "main" }));
await step("deleteRepo", () => hub.deleteRepo({ ...ada, repo }));
