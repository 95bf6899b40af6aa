// A receiver in a process of its own: it keeps the bodies, and decodes them with the official definitions when it is asked what it got.
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { decodeRequest, recordsOf } from "../../test/otlp/protocol.ts";
import type { ChildProcess } from "node:child_process";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Is what a sink got, by the attribute `i` of each record. */
export interface Report {
  readonly requests: number;
  readonly records: number;
  readonly distinct: number;
  /** No record stands behind one with a larger number. */
  readonly inOrder: boolean;
}

export interface Sink {
  readonly url: string;
  /** Answers so much later. */
  delay(ms: number): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  /** Says what came since the last report. */
  report(): Promise<Report>;
  end(): void;
}

type Ask = { readonly ask: "delay" | "down" | "up" | "report"; readonly ms?: number };

/** Starts a sink. */
export async function sink(): Promise<Sink> {
  const child = fork(import.meta.filename, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const port = (await ask(child, { ask: "up" })) as number;
  return {
    url: `http://127.0.0.1:${port}`,
    delay: async (ms) => void (await ask(child, { ask: "delay", ms })),
    down: async () => void (await ask(child, { ask: "down" })),
    up: async () => void (await ask(child, { ask: "up" })),
    report: async () => (await ask(child, { ask: "report" })) as Report,
    end: () => child.kill(),
  };
}

async function ask(child: ChildProcess, message: Ask): Promise<unknown> {
  const answer = new Promise((resolve) => child.once("message", resolve));
  child.send(message);
  return answer;
}

function serve(): void {
  let bodies: { type: string; body: Buffer }[] = [];
  let delayMs = 0;
  let port = 0;
  let server: Server | undefined;
  const up = async (): Promise<number> => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const raw = Buffer.concat(parts);
        const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
        bodies.push({ type: request.headers["content-type"] ?? "", body });
        setTimeout(() => response.end(), delayMs);
      });
    });
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
    return port;
  };
  const report = (): Report => {
    const numbers = bodies.flatMap(({ body, type }) =>
      recordsOf(decodeRequest(body, type)).map(({ attributes }) => numberOf(attributes["i"])),
    );
    const requests = bodies.length;
    bodies = [];
    const inOrder = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0));
    return { requests, records: numbers.length, distinct: new Set(numbers).size, inOrder };
  };
  process.on("message", ({ ask, ms = 0 }: Ask) => {
    if (ask === "up") void up().then((at) => process.send?.(at));
    else if (ask === "report") process.send?.(report());
    else if (ask === "delay") process.send?.((delayMs = ms));
    else {
      server?.closeAllConnections();
      server?.close(() => process.send?.(0));
    }
  });
}

function numberOf(value: unknown): number {
  return Number((value as { int?: string } | undefined)?.int ?? -1);
}

if (process.argv[1] === import.meta.filename && process.send !== undefined) serve();
