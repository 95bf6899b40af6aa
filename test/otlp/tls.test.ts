import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Logger } from "../../src/logger/logger.ts";
import { otlpHandler } from "../../src/otlp/index.ts";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { OtlpOptions } from "../../src/otlp/index.ts";

const hasOpenssl = canRun("openssl");
if (!hasOpenssl) console.warn("skipped: no openssl to make certificates with");

let dir: string;
let server: Server;
let url: string;
const clients: (string | undefined)[] = [];

function canRun(command: string): boolean {
  try {
    execFileSync(command, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function certificate(name: string): { cert: string; key: string } {
  const [cert, key] = [join(dir, `${name}.pem`), join(dir, `${name}.key`)];
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, ...subject],
    { stdio: "ignore" },
  );
  return { cert, key };
}

describe.skipIf(!hasOpenssl)("https", () => {
  let own: { cert: string; key: string };
  let client: { cert: string; key: string };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "correlog-tls-"));
    own = certificate("receiver");
    client = certificate("client");
    const options = {
      cert: readFileSync(own.cert),
      key: readFileSync(own.key),
      ca: readFileSync(client.cert),
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      clients.push(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined);
      request.resume();
      request.on("end", () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function send(options: OtlpOptions): Promise<void> {
    const handler = otlpHandler({ env: {}, url, flushTimeoutMs: 1000, ...options });
    new Logger(handler).info("x");
    await handler.shutdown();
  }

  test("a certificate that nobody vouches for is refused", async () => {
    await expect(send({ flushTimeoutMs: 200 })).rejects.toThrow("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("CA and client certificate as files, as PEM, and from the environment", async () => {
    clients.length = 0;
    await send({ ca: own.cert, ...client });
    await send({
      ca: readFileSync(own.cert, "utf8"),
      cert: readFileSync(client.cert, "utf8"),
      key: readFileSync(client.key, "utf8"),
    });
    await send({
      env: {
        OTEL_EXPORTER_OTLP_CERTIFICATE: own.cert,
        OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: client.cert,
        OTEL_EXPORTER_OTLP_CLIENT_KEY: client.key,
      },
    });
    await send({ ca: own.cert });
    expect(clients).toEqual(["client", "client", "client", undefined]);
  });
});
