import { once } from "node:events";
import { createServer, get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonHandler, Logger, memoryHandler } from "../../src/index.ts";
import { redact } from "../../src/middleware/index.ts";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const SECRET = "s3cret";
const server = createServer();
let request: ClientRequest;
let response: IncomingMessage;
let req: IncomingMessage;
let res: ServerResponse;

beforeAll(async () => {
  await once(server.listen(0), "listening");
  const { port } = server.address() as AddressInfo;
  server.on("request", (asked: IncomingMessage, answer: ServerResponse) => {
    [req, res] = [asked, answer];
    res.statusCode = 201;
    res.setHeader("set-cookie", SECRET).end("made");
  });
  request = get({ port, path: "/orders?id=1", headers: { authorization: SECRET } });
  [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
});
afterAll(() => void server.close());

function logged(value: unknown): unknown {
  const memory = memoryHandler();
  new Logger(memory).info("m", { value });
  return memory.records[0]?.attrs["value"];
}

describe("an HTTP message is what was asked or answered", () => {
  test("the server's request", () => {
    const headers = { authorization: SECRET, host: expect.stringContaining(":"), connection: "keep-alive" };
    expect(logged(req)).toEqual({ method: "GET", url: "/orders?id=1", headers });
  });
  test("the server's response", () => {
    expect(logged(res)).toEqual({ statusCode: 201, headers: { "set-cookie": SECRET } });
  });
  test("the client's request", () => {
    const headers = { authorization: SECRET, host: expect.stringContaining(":") };
    expect(logged(request)).toEqual({ method: "GET", path: "/orders?id=1", host: "localhost", headers });
  });
  test("the client's response", () => {
    expect(logged(response)).toMatchObject({ statusCode: 201, headers: { "set-cookie": [SECRET] } });
  });
  test("the web's request and response", () => {
    const asked = new Request("http://shop/orders", { method: "PUT", headers: { authorization: SECRET } });
    expect(logged(asked)).toEqual({ method: "PUT", url: "http://shop/orders", headers: { authorization: SECRET } });
    expect(logged(new Response(null, { status: 204 }))).toEqual({ status: 204, headers: {} });
  });
});

describe("a message that is broken loses what is broken", () => {
  const broken = (): never => {
    throw new Error("broken");
  };
  const marker = "[Throws: broken]";

  test("a request whose headers cannot be read", () => {
    class Broken {
      readonly rawHeaders = [];
      readonly httpVersion = "1.1";
      readonly method = "GET";
      readonly url = "/orders";
      get headers(): object {
        return broken();
      }
    }
    expect(logged(new Broken())).toEqual({ method: "GET", url: "/orders", headers: marker });
  });
  test("a response whose headers cannot be asked for", () => {
    class Broken {
      readonly _header = null;
      readonly statusCode = 500;
      readonly getHeaders = broken;
    }
    expect(logged(new Broken())).toEqual({ statusCode: 500, headers: marker });
  });
  test("a response whose headers have a getter that throws", () => {
    class Broken {
      readonly _header = null;
      readonly statusCode = 500;
      get getHeaders(): () => object {
        return broken();
      }
    }
    expect(logged(new Broken())).toEqual({ _header: null, statusCode: 500 });
  });
  test("one of the web's whose URL cannot be read", () => {
    const asked = Object.defineProperty(new Request("http://shop/orders"), "url", { get: broken });
    expect(logged(asked)).toEqual({ method: "GET", url: marker, headers: {} });
  });
});

test("what only calls itself a response is an instance like any other", () => {
  class Rows {
    readonly rows = [1, 2];
    readonly [Symbol.toStringTag] = "Response";
  }
  expect(logged(new Rows())).toEqual({ rows: [1, 2] });
});

test("what is redacted by name is not there under another", () => {
  const lines: string[] = [];
  const handler = redact({ keys: ["authorization", "set-cookie"] })(
    jsonHandler({ writer: { write: (line) => lines.push(line) } }),
  );
  const failed = Object.assign(new Error("Request failed"), { request, response });
  new Logger(handler).error("call failed", { req, res, failed });
  new Logger(handler).error(failed);
  expect(lines.join("")).toContain('"authorization":"[Redacted]"');
  expect(lines.join("")).not.toContain(SECRET);
});
