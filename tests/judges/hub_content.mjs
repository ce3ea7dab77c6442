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
await step("uploadFilesWithProgress", async () => {
  const done = new Set();
  for await (const event of hub.uploadFilesWithProgress({ ...ada, repo, files: [
    { path: "w2.bin", content: new Blob([bytes.slice(1)]) }] })) done.add(event.phase ?? event.event);
  return [...done];
});
await step("commit", async () => {
  for await (const _ of hub.commitIter({ ...ada, repo, title: "Edited", operations: [
    { operation: "edit", path: "w2.bin", originalContent: new Blob([bytes.slice(1)]),
      edits: [{ content: new Blob(["!!"]), start: 0, end: 1 }] },
    { operation: "addOrUpdate", path: "c.txt", content: new Blob(["c\n"]) }] }));
  const blob = await hub.downloadFile({ ...ada, repo, path: "w2.bin" });
  return { size: blob.size, start: await blob.slice(0, 2).text(), at: new Uint8Array(await blob.slice(100, 102).arrayBuffer()) };
});
await step("downloadFileToCacheDir", async () => {
  const place = await hub.downloadFileToCacheDir({ ...ada, repo, path: "w.bin", cacheDir: folder });
  return Buffer.compare(await readFile(place), Buffer.from(bytes));
});
await step("fileDownloadInfo", () => hub.fileDownloadInfo({ ...ada, repo, path: "w.bin" }));
await step("parseSafetensorsMetadata", async () => {
  const header = JSON.stringify({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } });
  const length = new Uint8Array(8);
  length[0] = header.length;
  await hub.uploadFile({ ...ada, repo, file: new File([length, header, new Uint8Array(8)], "model.safetensors") });
  return hub.parseSafetensorsMetadata({ ...ada, repo, computeParametersCount: true });
});
await step("deleted again", () => hub.deleteFiles({ ...ada, repo, paths: ["w2.bin", "c.txt", "model.safetensors"] }));
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
