import { afterEach, expect, test, vi } from "vitest";
import { FetchTransport } from "../../src/otlp/fetch-transport.ts";
import type { Target } from "../../src/otlp/transport.ts";

const HEADERS = { "user-agent": "correlog", "x-key": "k" };
const TARGET: Target = {
  url: new URL("http://localhost:4318/v1/logs"),
  headers: () => HEADERS,
  knownHeaders: () => HEADERS,
  compression: "none",
  timeoutMs: 1000,
  connections: 4,
  tls: { ca: undefined, cert: undefined, key: undefined },
};

afterEach(() => {
  vi.unstubAllGlobals();
});

function body(bytes: number): { body: readonly Uint8Array[]; contentType: string } {
  return { body: [new Uint8Array(bytes)], contentType: "application/json" };
}

test("elsewhere than in a page a request says who sends, and asks nothing of the page's end", async () => {
  const asked: RequestInit[] = [];
  const transport = new FetchTransport(TARGET, async (_url, init) => {
    asked.push(init);
    return new Response();
  });
  await transport.send(body(1));
  expect(asked[0]?.headers).toEqual({ ...HEADERS, "content-type": "application/json" });
  expect(asked[0]).not.toHaveProperty("keepalive");
});

test("in a page a request has no user-agent of its own, which CORS would have to allow", async () => {
  vi.stubGlobal("document", new EventTarget());
  const asked: RequestInit[] = [];
  const transport = new FetchTransport(TARGET, async (_url, init) => {
    asked.push(init);
    return new Response();
  });
  await transport.send(body(1));
  expect(asked[0]?.headers).toEqual({ "x-key": "k", "content-type": "application/json" });
});

test("in a page requests outlive it up to 64 KiB at a time", async () => {
  vi.stubGlobal("document", new EventTarget());
  const kept: (boolean | undefined)[] = [];
  const open: (() => void)[] = [];
  const transport = new FetchTransport(TARGET, async (_url, { keepalive }) => {
    kept.push(keepalive);
    await new Promise<void>((resolve) => open.push(resolve));
    return new Response();
  });
  const sent = [30_000, 30_000, 30_000, 5536].map(async (bytes) => transport.send(body(bytes)));
  await vi.waitFor(() => expect(kept).toEqual([true, true, undefined, true]));
  for (const answer of open.splice(0)) answer();
  await Promise.all(sent);
  const last = transport.send(body(65_536));
  await vi.waitFor(() => expect(kept).toHaveLength(5));
  for (const answer of open) answer();
  await last;
  expect(kept[4]).toBe(true);
});

test("in a page whose other requests have used up what may outlive it, a request goes without", async () => {
  vi.stubGlobal("document", new EventTarget());
  const kept: (boolean | undefined)[] = [];
  const transport = new FetchTransport(TARGET, async (_url, { keepalive }) => {
    kept.push(keepalive);
    if (keepalive === true) throw new TypeError("Failed to fetch");
    return new Response();
  });
  expect(await transport.send(body(1))).toMatchObject({ status: 200 });
  expect(kept).toEqual([true, undefined]);
});
