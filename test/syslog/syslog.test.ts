import { spawn } from "node:child_process";
import { createSocket, Socket as DatagramSocket } from "node:dgram";
import dns from "node:dns";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { watchWrite } from "../../src/syslog/stall.ts";
import { syslogSeverity } from "../../src/syslog/severity.ts";
import { syslogHandler } from "../../src/syslog/syslog-handler.ts";
import { contextWith, SPAN_ID, testHandler, TRACE_ID } from "../../src/testing/index.ts";
import { ALL, child, ENDS } from "./child.ts";
import { expectHeldUp, HELD_UP } from "./held-up.ts";
import { parse, unframe } from "./rfc5424.ts";
import type { AddressInfo, Server, Socket } from "node:net";
import type { ParsedRecord } from "../../src/testing/index.ts";
import type { SyslogOptions } from "../../src/syslog/settings.ts";
import type { Message } from "./rfc5424.ts";

const frees: (() => void)[] = [];
afterEach(() => {
  for (const free of frees.splice(0)) free();
});

interface Receiver {
  readonly port: number;
  readonly messages: () => readonly Message[];
}

async function tcp(listen: number | string = 0): Promise<Receiver & { readonly server: Server; readonly sockets: Set<Socket> }> {
  const streams: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const chunks: Buffer[] = [];
    streams.push(chunks);
    sockets.add(socket);
    socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
  });
  frees.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(typeof listen === "number" ? { port: listen, host: "127.0.0.1" } : { path: listen });
  await once(server, "listening");
  const messages = (): readonly Message[] => streams.flatMap((chunks) => unframe(Buffer.concat(chunks)).map(parse));
  return { port: (server.address() as AddressInfo).port, server, sockets, messages };
}

async function udp(): Promise<Receiver> {
  const got: Buffer[] = [];
  const socket = createSocket("udp4").on("message", (message) => got.push(message));
  frees.push(() => socket.close());
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { port: socket.address().port, messages: () => got.map(parse) };
}

const LEVELS = [7, 9, 13, 17, 18, 19, 21];

function collect(options: SyslogOptions = {}): {
  readonly logger: Logger;
  readonly sent: () => readonly Message[];
  readonly bytes: Uint8Array[];
} {
  const bytes: Uint8Array[] = [];
  const handler = syslogHandler({
    send: (message) => bytes.push(message),
    hostname: "h",
    appName: "app",
    procId: "7",
    ...options,
  });
  return { logger: new Logger(handler, { clock: () => 1000 }), sent: () => bytes.map(parse), bytes };
}

const BOUNDED = "a message has a largest size, and says what was cut";
const ESCAPED = "controls are escaped, because receivers write messages as lines";
const SKIP = {
  "empty-key-value": "a name of structured data has a character",
  "value-long-string": BOUNDED,
  "value-huge-sparse-array": BOUNDED,
  "value-huge-typed-array": BOUNDED,
  "value-many-members": BOUNDED,
  "message-lines": ESCAPED,
  "message-controls": ESCAPED,
  texts: ESCAPED,
  "baggage-hostile": ESCAPED,
  levels: "syslog has 8 severities",
  "level-methods": "syslog has no TRACE",
};

describe("syslogHandler conforms", () => {
  testHandler(test, {
    makeHandler() {
      const got: Uint8Array[] = [];
      const handler = syslogHandler({ level: "trace", send: (message) => got.push(message), maxMessageBytes: 65_507 });
      return { handler, records: () => got.map((bytes) => toRecord(parse(bytes))) };
    },
    lacks: ["nesting", "types"],
    skip: SKIP,
  });
});

function toRecord({ severity, time, msgId, params, text }: Message): ParsedRecord {
  const attrs: Record<string, unknown> = Object.fromEntries(params);
  const take = (key: string): string | undefined => {
    const value = attrs[key] as string | undefined;
    delete attrs[key];
    return value;
  };
  const flags = take("trace_flags");
  const ids = {
    traceId: take("trace_id"),
    spanId: take("span_id"),
    traceFlags: flags === undefined ? undefined : Number.parseInt(flags, 16),
  };
  const level = [21, 19, 18, 17, 13, 10, 9, 5][severity] ?? 0;
  const eventName = msgId === "-" ? undefined : msgId;
  return {
    level,
    message: text,
    time: time === "-" ? undefined : Date.parse(time),
    attrs,
    eventName,
    logger: take("logger"),
    ...ids,
  };
}

describe("messages", () => {
  test("a whole one, as it goes out", () => {
    const { logger, bytes, sent } = collect({ facility: "local3" });
    const attrs = { id: 17, 'key with = ] " ü': 'a"b\\c]d\ne', g: { list: [1, "x"], on: true } };
    logger.named("http").event(contextWith({ span: true }), "order.paid", attrs);
    return vi.waitFor(() => {
      expect(sent()).toHaveLength(1);
      expect(Buffer.from(bytes[0] ?? []).toString()).toBe(
        `<158>1 1970-01-01T00:00:01.000Z h app 7 order.paid [attrs@32473 trace_id="${TRACE_ID}" span_id="${SPAN_ID}" trace_flags="01" ` +
          `logger="http" id="17" key_with________="a\\"b\\\\c\\]d\\\\ne" g.list="[1,\\"x\\"\\]" g.on="true"] order.paid`,
      );
    });
  });

  test("text that is not ASCII begins with the mark, unless it is not wanted, and has no controls", async () => {
    for (const [bom, text, hasBom] of [
      [true, "grün\n<0>1 forged", true],
      [false, "grün", false],
      [true, "green", false],
    ] as const) {
      const { logger, sent } = collect({ bom });
      logger.info(text);
      await logger.flush();
      expect(sent()[0]).toMatchObject({ hasBom, text: text.replace("\n", "\\n"), sdId: undefined });
    }
  });

  test("one that is too long loses its last attributes, then the end of its text, and says so", async () => {
    const { logger, sent, bytes } = collect({ maxMessageBytes: 600 });
    logger.info("ü".repeat(500), { a: "x".repeat(100), b: "y".repeat(400), c: 1 });
    await logger.flush();
    expect(bytes[0]?.length).toBeLessThanOrEqual(600);
    expect(bytes[0]?.length).toBeGreaterThan(590);
    expect(sent()[0]?.params.map(([name]) => name)).toEqual(["a", "cut"]);
    expect(sent()[0]?.params.at(-1)).toEqual(["cut", "2"]);
    expect(sent()[0]?.text).toMatch(/^ü+$/);
  });

  test("with the longest names none is larger than the least size that holds the ids, which are asked for at set-up", () => {
    const names = {
      hostname: "h".repeat(255),
      appName: "a".repeat(48),
      procId: "7".repeat(128),
      sdId: `${"s".repeat(26)}@32473`,
    };
    const least = 679;
    const sent: Uint8Array[] = [];
    const options = { ...names, send: (message: Uint8Array) => void sent.push(message), facility: "local7" } as const;
    expect(() => syslogHandler({ ...options, maxMessageBytes: least - 1 })).toThrow(
      `maxMessageBytes: expected at least ${least}, for a hostname, appName, procId and sdId of this length, got ${least - 1}`,
    );
    const logger = new Logger(syslogHandler({ ...options, maxMessageBytes: least }), { clock: () => 0 });
    const attr = fc.dictionary(fc.string(), fc.string({ unit: "binary", maxLength: 60 }), { maxKeys: 8 });
    fc.assert(
      fc.property(attr, fc.string({ unit: "binary", maxLength: 400 }), fc.nat(400), (attrs, text, members) => {
        const nested = Object.fromEntries(Array.from({ length: members }, (_, i) => [`m${i}`, i]));
        const ctx = contextWith({ span: true });
        logger.info(ctx, text, { ...attrs, nested });
        logger.event(ctx, `order.placed.${text}${"x".repeat(32)}`, { nested });
        for (const message of sent.splice(0)) {
          expect(message.length).toBeLessThanOrEqual(least);
          expect(parse(message).params.slice(0, 2)).toEqual([
            ["trace_id", TRACE_ID],
            ["span_id", SPAN_ID],
          ]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each([Number.NaN, 253_402_300_800_000, -1e15])("a time that the standard cannot write is left out: %d", async (time) => {
    const bytes: Uint8Array[] = [];
    const handler = syslogHandler({ send: (message) => bytes.push(message) });
    new Logger(handler, { clock: () => time }).info("m");
    await handler.flush();
    expect(bytes.map((each) => parse(each).time)).toEqual(["-"]);
  });

  test("the severities are those of the OpenTelemetry data model's appendix B", () => {
    expect(LEVELS.map(syslogSeverity)).toEqual([7, 6, 4, 3, 2, 1, 0]);
    expect([1, 8, 10, 12, 16, 20, 24].map(syslogSeverity)).toEqual([7, 7, 5, 5, 4, 1, 0]);
  });
});

describe("transports", () => {
  test("udp: a message is a datagram; a name is looked up", async () => {
    for (const host of ["127.0.0.1", "localhost"]) {
      const { port, messages } = await udp();
      const handler = syslogHandler({ port, host });
      const logger = new Logger(handler);
      for (let i = 0; i < 50; i++) logger.info(`m${i}`);
      await handler.shutdown();
      await vi.waitFor(() => expect(messages().map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `m${i}`)));
      expect(handler.stats()).toEqual({ sent: 50, dropped: 0, queued: 0, reconnects: 0 });
    }
  });

  test("udp: of a name's addresses the first of IPv4 is taken, and where there is none the first", async () => {
    const { port, messages } = await udp();
    const told = vi.spyOn(dns, "lookup");
    frees.push(() => told.mockRestore());
    const [six, four] = [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    const addressOf = async (addresses: readonly object[]): Promise<unknown> => {
      const connected = vi.spyOn(DatagramSocket.prototype, "connect");
      told.mockImplementation(((_host: string, options: { readonly all?: boolean }, done: (...args: unknown[]) => void) =>
        options.all === true ? done(null, addresses) : done(null, ...Object.values(addresses[0] ?? {}))) as never);
      const handler = syslogHandler({ port, host: "logs.example", flushTimeoutMs: 500 });
      new Logger(handler).info("m");
      // Nobody listens at the second one, and a machine may have no IPv6.
      await handler.shutdown().catch(() => undefined);
      const address = connected.mock.calls[0]?.[1];
      connected.mockRestore();
      return address;
    };
    expect(await addressOf([six, four])).toBe("127.0.0.1");
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    expect(await addressOf([six])).toBe("::1");
  });

  test("tcp and a local socket: octets are counted, the order stays", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "correlog-syslog-")), "log");
    const [overTcp, overUnix] = [await tcp(), await tcp(path)];
    for (const [receiver, options] of [
      [overTcp, { transport: "tcp", port: overTcp.port }],
      [overUnix, { transport: "unix", path }],
    ] as const) {
      const handler = syslogHandler(options);
      const logger = new Logger(handler);
      for (let i = 0; i < 5000; i++) logger.info(`m${i} ü`, { i });
      await handler.shutdown();
      await vi.waitFor(() => expect(receiver.messages()).toHaveLength(5000));
      expect(receiver.messages().map(({ text }) => text)).toEqual(Array.from({ length: 5000 }, (_, i) => `m${i} ü`));
    }
  });

  test("tcp: while the receiver is away messages wait, and go when it is back", async () => {
    const first = await tcp();
    const { port } = first;
    const handler = syslogHandler({ transport: "tcp", port });
    const logger = new Logger(handler);
    logger.info("before");
    await handler.flush();
    first.server.close();
    for (const socket of first.sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    logger.info("meanwhile");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(handler.stats()).toMatchObject({ sent: 1, queued: 1 });
    const second = await tcp(port);
    await handler.flush();
    await vi.waitFor(() => expect(second.messages().map(({ text }) => text)).toEqual(["meanwhile"]));
    expect(handler.stats()).toMatchObject({ sent: 2, dropped: 0, queued: 0 });
    await handler.shutdown();
  });

  test("what a way did not take is sent again, in its order, and a flush does not wait for the next try's time", async () => {
    const got: string[] = [];
    let failures = 3;
    const handler = syslogHandler({
      async send(message) {
        await Promise.resolve();
        if (failures-- > 0) throw new Error("away");
        got.push(parse(message).text);
      },
      flushTimeoutMs: 40,
    });
    const logger = new Logger(handler);
    for (let i = 0; i < 5; i++) logger.info(`m${i}`);
    for (let tries = 0; tries < 3; tries++) await expect(handler.flush()).rejects.toThrow("0 messages were dropped, 5 wait");
    await handler.shutdown();
    expect(got).toEqual(["m0", "m1", "m2", "m3", "m4"]);
    expect(handler.stats()).toMatchObject({ sent: 5, dropped: 0, queued: 0 });
  });

  test("a full queue drops the newest; flush() rejects with how many, shutdown() with what was left", async () => {
    const handler = syslogHandler({ transport: "tcp", port: 1, maxQueueBytes: 65_507, flushTimeoutMs: 50 });
    const logger = new Logger(handler);
    for (let i = 0; i < 100; i++) logger.info("x".repeat(1000));
    const { queued, dropped } = handler.stats();
    expect(queued + dropped).toBe(100);
    expect(dropped).toBeGreaterThan(30);
    await expect(handler.flush()).rejects.toThrow(`syslog: ${dropped} messages were dropped, ${queued} wait`);
    await expect(handler.shutdown()).rejects.toThrow(`syslog: 0 messages were dropped, ${queued} wait`);
    logger.info("late");
    expect(handler.stats()).toMatchObject({ sent: 0, dropped: 101, queued: 0 });
  });
});

test("what a full queue drops leaves what waits as it was", async () => {
  const got: string[] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const handler = syslogHandler({
    async send(message) {
      await gate;
      got.push(parse(message).text);
    },
    maxQueueBytes: 65_507,
  });
  const logger = new Logger(handler);
  const taken: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const before = handler.stats().dropped;
    const text = `m${i}${"x".repeat((i * 7) % 400)}`;
    logger.info(text);
    if (handler.stats().dropped === before) taken.push(text);
  }
  expect(handler.stats().dropped).toBeGreaterThan(2000);
  open();
  await expect(handler.flush()).rejects.toThrow("messages were dropped, 0 wait");
  expect(got).toEqual(taken);
});

test("a connection that takes nothing for 10 s fails, unless the write is done before", () => {
  vi.useFakeTimers();
  frees.push(() => void vi.useRealTimers());
  const said: string[] = [];
  watchWrite(({ message }, atEnd) => said.push(`${message}, ${atEnd}`));
  const ended = watchWrite(() => said.push("ended"));
  vi.advanceTimersByTime(9999);
  ended();
  expect(said).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(["the receiver has taken nothing for 10000 ms, false"]);
});

describe("the end of the process loses nothing", () => {
  for (const { name, program } of ENDS) {
    test.each(["tcp", "udp"] as const)(`${name}, over %s`, async (transport) => {
      const { port, messages } = await (transport === "tcp" ? tcp() : udp());
      const stderr = await child({ transport, port }, program);
      expect(stderr).toBe("");
      await vi.waitFor(() => expect(messages().map(({ text }) => text)).toEqual(ALL));
    });
  }

  test("a function that answers later is given all at process.exit(), and what it has not answered is said to be lost", async () => {
    const program = `for (let i = 0; i < 3; i++) logger.info("m" + i);
      process.on("exit", () => console.error(String(given), JSON.stringify(handler.stats())));
      process.exit(0);`;
    const code = `...(globalThis.given = [], {}), send(message) {
      given.push(String(message).slice(-2));
      return given.length === 2 ? undefined : Promise.reject(new Error("away"));
    }`;
    const stderr = await child({}, program, code);
    expect(stderr).toContain("syslog: 2 messages dropped: the process ended before they were sent: send had not answered");
    expect(stderr).toContain('m0,m1,m2 {"sent":1,"dropped":2,"queued":0,"reconnects":0}');
  });

  test("a receiver that is away holds it up for a bounded time, and what is lost is said", async () => {
    const start = Date.now();
    const stderr = await child({ transport: "tcp", port: 1 }, `logger.info("m"); process.exit(0);`);
    expect(stderr).toContain(
      "correlog: syslog: 1 messages dropped: the process ended before they were sent: connect ECONNREFUSED 127.0.0.1:1",
    );
    expect(Date.now() - start).toBeLessThan(9500);
  });
});

describe("a receiver that has stopped reading holds the end of the process up for 2 s, and what is lost is said", () => {
  test.each(HELD_UP)("tcp: $name", async (end) => {
    const { port, server } = await tcp();
    server.on("connection", (socket) => socket.pause());
    await expectHeldUp({ transport: "tcp", port }, end);
  });

  test.each(["udp", "tcp", "unix"] as const)("%s: so does a natural end when it is away", async (transport) => {
    const start = Date.now();
    const stderr = await child({ transport, port: 1, path: "/nowhere/log" }, `for (let i = 0; i < 3; i++) logger.info("m");`);
    expect(stderr).toMatch(/ 3 messages dropped: the process ended before they were sent: (connect|send) E/);
    expect(Date.now() - start).toBeLessThan(9500);
  });
});

describe.skipIf(!existsSync("/usr/sbin/rsyslogd"))("rsyslog takes", () => {
  test.each(["udp", "tcp"] as const)("%s: header, structured data and text as they were meant", async (transport) => {
    const dir = mkdtempSync(join(tmpdir(), "correlog-rsyslog-"));
    const spare = await tcp();
    spare.server.close();
    const template = "%pri% %timestamp:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %structured-data% |%msg%|\\n";
    writeFileSync(
      join(dir, "conf"),
      `module(load="im${transport}")
template(name="t" type="string" string="${template}")
ruleset(name="r") { action(type="omfile" file="${dir}/out" template="t") }
input(type="im${transport}" port="${spare.port}" address="127.0.0.1" ruleset="r")
`,
    );
    const daemon = spawn("/usr/sbin/rsyslogd", ["-n", "-f", join(dir, "conf"), "-i", join(dir, "pid")], { stdio: "ignore" });
    frees.push(() => {
      daemon.kill("SIGKILL");
      rmSync(dir, { recursive: true, force: true });
    });
    await vi.waitFor(() => expect(existsSync(join(dir, "pid"))).toBe(true), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const handler = syslogHandler({
      transport,
      port: spare.port,
      hostname: "web-1",
      appName: "shop",
      procId: "7",
      facility: "local0",
    });
    const logger = new Logger(handler, { clock: () => Date.UTC(2026, 10, 22, 4, 5, 6, 789) });
    logger.event("order.paid", { id: 17, quote: 'a"b]c\\d' });
    logger.warn("grün", { n: 1 });
    await handler.flush();
    const want = [
      `<134> 2026-11-22T04:05:06.789Z web-1 shop 7 order.paid [attrs@32473 id="17" quote="a\\"b\\]c\\\\d"] |order.paid|`,
      `<132> 2026-11-22T04:05:06.789Z web-1 shop 7 - [attrs@32473 n="1"] |\ufeffgrün|`,
    ];
    const read = (): string[] => readFileSync(join(dir, "out"), "utf8").trimEnd().split("\n");
    await vi.waitFor(() => expect(read().map((line) => line.replace(/^(\d+)/, "<$1>"))).toEqual(want), 5000);
    await handler.shutdown();
  });
});

function missing(): never {
  throw new Error("no such package");
}

describe("syslogHandler's options fail at set-up", () => {
  const CASES: readonly [object, RegExp][] = [
    [{ transport: "http" }, /^transport: expected udp, tcp, tls, unix, unix-dgram, got "http"$/],
    [{ transport: "tcp", ca: "ca.pem" }, /^ca: expected transport "tls" beside it, got "tcp"$/],
    [{ rejectUnauthorized: false }, /^rejectUnauthorized: expected transport "tls" beside it, got "udp"$/],
    [{ transport: "tls", ca: "/nowhere.pem" }, /^ca: expected PEM or a file of it, got "\/nowhere.pem"$/],
    [{ transport: "tls", ca: 5 }, /^ca: expected PEM or a file of it, got 5$/],
    [{ transport: "tls", key: "MII".repeat(500) }, /^key: expected PEM or a file of it, got text of 1500 characters$/],
    [{ transport: "tls", ca: "-----BEGIN CERTIFICATE-----\nx" }, /^ca: expected a certificate, got one that fails: /],
    [{ transport: "tls", servername: "" }, /^servername: expected text, got ""$/],
    [{ transport: "tls", rejectUnauthorized: "no" }, /^rejectUnauthorized: expected true or false, got "no"$/],
    [{ transport: "unix-dgram" }, /^socket: expected a function that opens a datagram socket, .* got undefined$/],
    [
      { transport: "unix-dgram", socket: () => ({ send() {} }) },
      /^socket: expected .* sendTo or sendto, and close, got one of object$/,
    ],
    [{ transport: "unix-dgram", socket: () => missing() }, /^socket: expected .* got one that throws: Error: no such package$/],
    [{ transport: "unix", socket: () => ({}) }, /^socket: expected transport "unix-dgram" beside it, got "unix"$/],
    [{ port: 0 }, /^port: expected a whole number from 1 to 65535, got 0$/],
    [{ host: "" }, /^host: expected text, got ""$/],
    [{ facility: "local8" }, /^facility: expected one of kern, .* got "local8"$/],
    [{ sdId: "attrs" }, /^sdId: expected name@enterpriseNumber of at most 32 characters, got "attrs"$/],
    [{ maxMessageBytes: 100 }, /^maxMessageBytes: expected a whole number from 480 to 65507, got 100$/],
    [{ maxQueueBytes: 1 }, /^maxQueueBytes: expected a whole number from 65507 /],
    [{ flushTimeoutMs: "5s" }, /^flushTimeoutMs: .* got "5s"$/],
    [{ send: "x" }, /^send: expected a function, got "x"$/],
    [{ severity: 3 }, /^severity: expected a function, got 3$/],
    [{ level: "loud" }, /^level: /],
    [{ limits: { depth: 0 } }, /^limits\.depth: /],
  ];
  for (const [options, message] of CASES) {
    test(`option: ${Object.keys(options).join()}`, () => expect(() => syslogHandler(options as never)).toThrow(message));
  }
});
