import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeReply, PROTO_DIR } from "./protocol.ts";
import { receiver } from "./receiver.ts";

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly ms: number;
  readonly stderr: string;
}

async function run(url: string, how: string, compression = "none", exitTimeoutMs = 2000): Promise<End> {
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "exit-child.ts"), url, how, compression, String(exitTimeoutMs)],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, ms: Date.now() - began, stderr })));
}

const ALL = Array.from({ length: 1000 }, (_, i) => `m${i}`);

describe.skipIf(PROTO_DIR === undefined)("1000 queued records arrive, once and in order, at", () => {
  test.each<{ how: string; end: Partial<End>; compression?: string; more?: string[] }>([
    { how: "natural", end: { code: 0 } },
    { how: "exit", end: { code: 7 } },
    { how: "exit", end: { code: 7 }, compression: "gzip" },
    { how: "exit in a listener of the signal", end: { code: 7 } },
    { how: "throw", end: { code: 1 } },
    { how: "reject", end: { code: 1 } },
    { how: "SIGTERM", end: { code: null, signal: "SIGTERM" } },
    { how: "SIGINT", end: { code: null, signal: "SIGINT" } },
    { how: "log in the exit event", end: { code: 0 }, more: ["last"] },
    { how: "idle after a flush", end: { code: 0 } },
  ])("$how $compression", async ({ how, end, compression, more = [] }) => {
    const to = await receiver();
    const got = await run(to.url, how, compression);
    await to.close();
    expect(got).toMatchObject(end);
    expect(to.messages()).toEqual([...ALL, ...more]);
    expect(got.stderr).not.toContain("correlog");
    expect(got.ms).toBeLessThan(9000);
  });
});

describe.skipIf(PROTO_DIR === undefined)("at the end", () => {
  test("what is under way when the process exits is sent again: nothing is lost, and duplicates only without a reply", async () => {
    const to = await receiver();
    to.fallback = { delayMs: 300 };
    const { code } = await run(to.url, "exit while sending");
    await to.close();
    expect(code).toBe(7);
    expect(new Set(to.messages())).toEqual(new Set(ALL));
  });

  test("what was logged before a value that ends the process arrives, and the record of that value is said to be lost", async () => {
    const to = await receiver();
    const { code, ms, stderr } = await run(to.url, "exit by a value");
    await to.close();
    expect(code).toBe(7);
    expect(to.messages()).toEqual([...ALL, "said by the value"]);
    expect(stderr).toContain("the process ended while a record was encoded");
    expect(ms).toBeLessThan(9000);
  });

  test.each(["natural", "exit", "SIGTERM"])("a receiver that is away holds a process up for 2 s at most: %s", async (how) => {
    const { ms, stderr } = await run("http://127.0.0.1:9", how);
    expect(ms).toBeLessThan(9000);
    expect(stderr).toContain("not delivered");
  });

  test.each(["natural", "exit"])("a receiver that never answers does as well: %s", async (how) => {
    const to = await receiver();
    to.fallback = "stall";
    const { ms, stderr } = await run(to.url, how);
    await to.close();
    expect(ms).toBeLessThan(9000);
    expect(stderr).toContain("not delivered");
  });

  test("a receiver that comes back within the time gets all", async () => {
    const to = await receiver();
    to.script.push(503, 503);
    const { code, ms } = await run(to.url, "exit");
    await to.close();
    expect({ code, got: to.messages() }).toEqual({ code: 7, got: ALL });
    expect(ms).toBeLessThan(9000);
  });

  test("what a receiver rejects of a request is said with its words", async () => {
    const to = await receiver();
    const partialSuccess = { rejectedLogRecords: 3, errorMessage: "too old for this tenant" };
    to.script.push({ status: 200, headers: { "content-type": "application/x-protobuf" }, body: encodeReply({ partialSuccess }) });
    const { code, stderr } = await run(to.url, "exit");
    await to.close();
    expect(code).toBe(7);
    expect(to.seen).toHaveLength(1);
    expect(stderr).toBe("correlog: otlp rejected: the receiver rejected 3 of 1000 records: too old for this tenant\n");
  });

  test("a refusal that is not to be tried again is said with the receiver's words, and does not hold the process up", async () => {
    const to = await receiver();
    to.fallback = { status: 401, headers: { "content-type": "text/plain" }, body: "no such key" };
    const { code, stderr, ms } = await run(to.url, "exit", "none", 20_000);
    await to.close();
    expect(code).toBe(7);
    expect(to.seen).toHaveLength(1);
    expect(stderr).toBe("correlog: otlp refused: 1000 records dropped: status 401: no such key\n");
    expect(ms).toBeLessThan(10_000);
  });

  test("a record for which a receiver refuses all is found, and only it is lost", async () => {
    const to = await receiver();
    to.fallback = ({ records }) => (records.some(({ body }) => body === "m613") ? 400 : 200);
    const { code } = await run(to.url, "exit");
    await to.close();
    expect({ code, got: to.messages().toSorted() }).toEqual({ code: 7, got: ALL.filter((each) => each !== "m613").toSorted() });
  });

  test("Retry-After is heeded, and a receiver that asks for more time than there is does not hold the process up", async () => {
    const to = await receiver();
    to.script.push({ status: 429, headers: { "retry-after": "0.4" } });
    expect(await run(to.url, "exit")).toMatchObject({ code: 7, stderr: "" });
    const [first, second] = to.seen;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(390);
    expect(to.messages()).toEqual(ALL);

    to.fallback = { status: 503, headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() } };
    const { ms, stderr } = await run(to.url, "exit", "none", 20_000);
    await to.close();
    expect(ms).toBeLessThan(10_000);
    expect(stderr).toBe("correlog: otlp exit: 1000 records not delivered before the process ended: status 503\n");
  });
});
