import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs, { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { Outgoing } from "../../src/syslog/outgoing.ts";
import { readSettings } from "../../src/syslog/settings.ts";
import { syslogHandler } from "../../src/syslog/syslog-handler.ts";
import { ALL, child, ENDS } from "./child.ts";
import { expectHeldUp, HELD_UP } from "./held-up.ts";
import { parse, unframe } from "./rfc5424.ts";
import type { AddressInfo } from "node:net";
import type { TlsOptions, TLSSocket } from "node:tls";
import type { SyslogOptions } from "../../src/syslog/settings.ts";

const hasOpenssl = canRun("openssl");
if (!hasOpenssl) console.warn("skipped: no openssl to make certificates with");

function canRun(command: string): boolean {
  try {
    execFileSync(command, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const frees: (() => void)[] = [];
afterEach(() => {
  for (const free of frees.splice(0)) free();
});

test("outgoing: why nothing goes is said once, however often it is tried, and anew when something went in between", () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const spy = vi.spyOn(fs, "writeSync").mockImplementation((_fd, text) => said.push(String(text)));
  frees.push(() => {
    vi.advanceTimersByTime(20_000);
    vi.useRealTimers();
    spy.mockRestore();
  });
  const outgoing = new Outgoing(65_507);
  for (let tries = 0; tries < 5; tries++) {
    outgoing.failed(new Error("refused"));
    vi.advanceTimersByTime(30_000);
  }
  expect(said).toEqual(["correlog: syslog: Error: refused\n"]);
  outgoing.delivered(1);
  outgoing.failed(new Error("refused"));
  expect(said).toHaveLength(2);
});

test("tls has its own port", () => {
  expect(readSettings({ transport: "tls" }).target.port).toBe(6514);
});

describe.skipIf(!hasOpenssl)("tls", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "correlog-syslog-tls-"));
    certificate("receiver", "subjectAltName=IP:127.0.0.1");
    certificate("named", "subjectAltName=DNS:logs.test");
    certificate("client", "subjectAltName=DNS:client.test");
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const file = (name: string): string => join(dir, name);
  const pem = (name: string): string => readFileSync(file(name), "utf8");

  function certificate(name: string, alternative: string): void {
    const to = ["-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)];
    const subject = ["-subj", `/CN=${name}`, "-addext", alternative];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...to, ...subject], {
      stdio: "ignore",
    });
  }

  interface TlsReceiver {
    readonly port: number;
    /** The texts that came, over all connections. */
    readonly texts: () => readonly string[];
    readonly clients: readonly (string | undefined)[];
    readonly close: () => Promise<void>;
  }

  async function receiver(options: TlsOptions = {}, port = 0, connected?: (socket: TLSSocket) => void): Promise<TlsReceiver> {
    const streams: Buffer[][] = [];
    const sockets: TLSSocket[] = [];
    const clients: (string | undefined)[] = [];
    const own = { cert: pem("receiver.pem"), key: pem("receiver.key"), ...options };
    const server = createServer(own, (socket) => {
      const chunks: Buffer[] = [];
      streams.push(chunks);
      sockets.push(socket);
      clients.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
      socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
      connected?.(socket);
    });
    server.on("tlsClientError", () => undefined);
    const close = async (): Promise<void> => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    frees.push(() => void (server.listening && close()));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const texts = (): readonly string[] =>
      streams.flatMap((chunks) => unframe(Buffer.concat(chunks)).map((bytes) => parse(bytes).text));
    return { port: (server.address() as AddressInfo).port, texts, clients, close };
  }

  function tls(port: number, options: SyslogOptions = {}): SyslogOptions {
    return { transport: "tls", port, ca: file("receiver.pem"), ...options };
  }

  test.each(["TLSv1.2", "TLSv1.3"] as const)("%s: octets are counted, the order stays", async (version) => {
    const { port, texts } = await receiver({ minVersion: version, maxVersion: version });
    const handler = syslogHandler(tls(port));
    const logger = new Logger(handler);
    for (let i = 0; i < 5000; i++) logger.info(`m${i} ü`, { i });
    await handler.shutdown();
    await vi.waitFor(() => expect(texts()).toHaveLength(5000));
    expect(texts()).toEqual(Array.from({ length: 5000 }, (_, i) => `m${i} ü`));
    expect(handler.stats()).toEqual({ sent: 5000, dropped: 0, queued: 0, reconnects: 0 });
  });

  test("hostile records come as over the other transports, and their neighbours too", async () => {
    const { port, texts } = await receiver();
    const plain: string[] = [];
    const send = (message: Uint8Array): void => void plain.push(parse(message).text);
    const handlers = [syslogHandler(tls(port)), syslogHandler({ send, maxMessageBytes: 8192 })];
    const circular: Record<string, unknown> = { 'a]"= b': ']"\\\n<34>1 forged' };
    circular["self"] = circular;
    const throwing = {
      get member(): never {
        throw new Error("no");
      },
    };
    const messages = ["12 <34>1 - - - - - -", "\u0000\n\r\u001b[31m", "\ud800", "ü".repeat(20_000), ""];
    for (const handler of handlers) {
      const logger = new Logger(handler);
      for (const message of messages) {
        logger.info(message, { circular, throwing, revoked: revoked(), big: 10n ** 400n, deep: nested(500) });
        logger.info("good");
      }
      await handler.shutdown();
    }
    await vi.waitFor(() => expect(texts()).toHaveLength(2 * messages.length));
    expect(texts()).toEqual(plain);
    expect(texts().filter((text) => text === "good")).toHaveLength(messages.length);
  });

  test("a certificate that nobody vouches for is refused: nothing is sent, the messages wait, it is said once", async () => {
    const { port, texts } = await receiver();
    const program = `logger.info("secret");
      for (let tries = 0; tries < 3; tries++) await handler.flush().catch((error) => console.error("flush:", error.cause.message));
      console.error(JSON.stringify(handler.stats()));
      await handler.shutdown().catch(() => undefined);`;
    const stderr = await child({ transport: "tls", port, flushTimeoutMs: 300 }, program);
    // Some versions of Node say in the middle what may help.
    const reason = /^(.*) the receiver's certificate is refused: self-signed certificate.* \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/;
    const lines = stderr.trimEnd().split("\n");
    const said = lines.slice(0, 4).map((line) => reason.exec(line)?.[1]);
    expect(said).toEqual(["correlog: syslog: Error:", "flush:", "flush:", "flush:"]);
    expect(JSON.parse(lines[4] ?? "")).toMatchObject({ sent: 0, dropped: 0, queued: 1 });
    expect(texts()).toEqual([]);
  });

  test("a certificate for another name is refused, unless servername names it or the app takes any", async () => {
    const { port, texts } = await receiver({ cert: pem("named.pem"), key: pem("named.key") });
    const ca = pem("named.pem");
    const refused = syslogHandler(tls(port, { ca, flushTimeoutMs: 300 }));
    new Logger(refused).info("refused");
    await expect(refused.shutdown()).rejects.toThrow("syslog: 0 messages were dropped, 1 wait");
    for (const options of [{ ca, servername: "logs.test" }, { rejectUnauthorized: false }]) {
      const handler = syslogHandler(tls(port, options));
      new Logger(handler).info(Object.keys(options).join());
      await handler.shutdown();
    }
    await vi.waitFor(() => expect(texts()).toEqual(["ca,servername", "rejectUnauthorized"]));
  });

  describe.each(["TLSv1.2", "TLSv1.3"] as const)("a receiver that demands a client's certificate, %s", (version) => {
    const demanding = async (): Promise<TlsReceiver> =>
      receiver({ ca: pem("client.pem"), requestCert: true, maxVersion: version, minVersion: version });

    test("gets it, from a file or PEM", async () => {
      const { port, texts, clients } = await demanding();
      for (const from of [file, pem]) {
        const handler = syslogHandler(tls(port, { cert: from("client.pem"), key: from("client.key") }));
        new Logger(handler).info("m");
        await handler.shutdown();
      }
      await vi.waitFor(() => expect(texts()).toEqual(["m", "m"]));
      expect(clients).toEqual(["client", "client"]);
    });

    test("gets nothing without: the message waits and is not counted as sent", async () => {
      const { port, texts } = await demanding();
      const handler = syslogHandler(tls(port, { flushTimeoutMs: 400 }));
      new Logger(handler).info("m");
      await expect(handler.flush()).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/^TLS: .*alert .* \(ERR_SSL_.*ALERT_\w+\)$/) as unknown },
      });
      expect(handler.stats()).toMatchObject({ sent: 0, dropped: 0, queued: 1 });
      await expect(handler.shutdown()).rejects.toThrow("1 wait");
      expect(texts()).toEqual([]);
    });

    test("process.exit() without: it is said, not counted as sent", async () => {
      const { port, texts } = await demanding();
      const stderr = await child(
        tls(port),
        `logger.info("m"); process.on("exit", () => console.error(JSON.stringify(handler.stats()))); process.exit(0);`,
      );
      expect(stderr).toMatch(/1 messages dropped: the process ended before they were sent: TLS: .*alert/);
      expect(stderr).toContain(`"sent":0,"dropped":1`);
      expect(texts()).toEqual([]);
    });
  });

  test("while the receiver is away messages wait, and go when it is back", async () => {
    const first = await receiver();
    const { port } = first;
    const handler = syslogHandler(tls(port));
    const logger = new Logger(handler);
    logger.info("before");
    await handler.flush();
    await vi.waitFor(() => expect(first.texts()).toEqual(["before"]));
    await first.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    logger.info("meanwhile");
    await vi.waitFor(() => expect(handler.stats()).toMatchObject({ sent: 1, queued: 1 }));
    const second = await receiver({}, port);
    await handler.flush();
    await vi.waitFor(() => expect(second.texts()).toEqual(["meanwhile"]));
    expect(handler.stats()).toMatchObject({ sent: 2, dropped: 0, queued: 0 });
    await handler.shutdown();
  });

  test("a receiver that speaks no TLS gets nothing, and that is said", async () => {
    const got: Buffer[] = [];
    const plain = createTcpServer((socket) => {
      socket.on("data", (chunk) => got.push(chunk)).on("error", () => undefined);
      socket.end("530 what?\r\n");
    });
    plain.listen(0, "127.0.0.1");
    await once(plain, "listening");
    frees.push(() => plain.close());
    const handler = syslogHandler(tls((plain.address() as AddressInfo).port, { flushTimeoutMs: 300 }));
    new Logger(handler).info("secret");
    await expect(handler.flush()).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^TLS: wrong version number /) as unknown },
    });
    await expect(handler.shutdown()).rejects.toThrow("1 wait");
    expect(Buffer.concat(got).toString("latin1")).not.toContain("secret");
  });

  test("openssl's own server, which sends no tickets, takes them all", async () => {
    const port = await freePort();
    const serve = ["-accept", `127.0.0.1:${port}`, "-cert", file("receiver.pem"), "-key", file("receiver.key")];
    const server = spawn("openssl", ["s_server", "-quiet", "-naccept", "1", "-tls1_3", "-num_tickets", "0", ...serve]);
    frees.push(() => void server.kill("SIGKILL"));
    const got: Buffer[] = [];
    server.stdout.on("data", (chunk: Buffer) => got.push(chunk));
    const handler = syslogHandler(tls(port));
    const logger = new Logger(handler);
    for (const text of ALL) logger.info(text);
    await handler.shutdown();
    await vi.waitFor(() => expect(unframe(Buffer.concat(got)).map((bytes) => parse(bytes).text)).toEqual(ALL));
  });

  describe("the end of the process loses nothing", () => {
    test.each(ENDS)("$name", async ({ program }) => {
      const { port, texts } = await receiver();
      expect(await child(tls(port), program)).toBe("");
      await vi.waitFor(() => expect(texts()).toEqual(ALL));
    });

    test("with a client's certificate", async () => {
      const { port, texts, clients } = await receiver({ ca: pem("client.pem"), requestCert: true });
      const options = tls(port, { cert: file("client.pem"), key: file("client.key") });
      expect(await child(options, `for (let i = 0; i < 100; i++) logger.info("m" + i); process.exit(0);`)).toBe("");
      await vi.waitFor(() => expect(texts()).toEqual(ALL));
      expect(clients).toEqual(["client"]);
    });

    test("an untrusted receiver gets nothing, and that is said", async () => {
      const { port, texts } = await receiver();
      const stderr = await child({ transport: "tls", port }, `logger.info("m"); process.exit(0);`);
      expect(stderr).toContain(
        "1 messages dropped: the process ended before they were sent: the receiver's certificate is refused",
      );
      expect(texts()).toEqual([]);
    });

    test.each(HELD_UP)(
      "a receiver that has stopped reading holds it up for 2 s, and what is lost is said: $name",
      async (end) => {
        const { port } = await receiver({}, 0, (socket) => socket.pause());
        await expectHeldUp(tls(port), end);
      },
    );

    test("a receiver that answers nothing holds it up for 2 s, however much is logged in the exit event", async () => {
      const silent = createTcpServer();
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      frees.push(() => silent.close());
      const start = Date.now();
      const stderr = await child(
        tls((silent.address() as AddressInfo).port),
        `process.on("exit", () => {
          for (let i = 0; i < 10; i++) logger.info("m");
          console.error(JSON.stringify(handler.stats()));
        });`,
      );
      expect(Date.now() - start).toBeGreaterThanOrEqual(2000);
      expect(Date.now() - start).toBeLessThan(9500);
      expect(stderr).toContain("1 messages dropped: the process ended before they were sent: no answer within 2000 ms");
      expect(stderr).toContain(`"dropped":10`);
    });
  });

  test.each([
    [{ cert: "client.pem" }, /^key: expected the key of cert, got undefined$/],
    [{ key: "client.key" }, /^cert: expected the certificate of key, got undefined$/],
    [{ cert: "client.pem", key: "named.key" }, /^key: expected the key of cert, got one that fails: /],
    [{ cert: "client.key", key: "client.key" }, /^cert: expected a certificate, got one that fails: /],
  ] as const)("option: %o", (names, message) => {
    const options = Object.fromEntries(Object.entries(names).map(([option, name]) => [option, file(name)]));
    expect(() => syslogHandler({ transport: "tls", ...options })).toThrow(message);
  });
});

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function nested(depth: number): object {
  let value: object = {};
  for (let i = 0; i < depth; i++) value = { value };
  return value;
}
