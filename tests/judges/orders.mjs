// What a test in Python orders of a program in Node: a line of JSON each, answered by a line.
import { createInterface } from "node:readline";

export async function obey(orders) {
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    const done = await Promise.resolve()
      .then(() => orders[order.do](order))
      .then((value) => ({ value: value ?? null }), (error) => ({ error: String(error?.stack ?? error) }));
    process.stdout.write(`${JSON.stringify(done)}\n`);
  }
}
