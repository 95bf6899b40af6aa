// What is logged, by every library alike: the message and the attributes are built inside the timed call.
import { span } from "./span.ts";
import { shapes } from "./shapes.ts";
import type { Attrs } from "../src/index.ts";

/** Is one kind of log call. */
export interface Case {
  readonly name: string;
  readonly message: (i: number) => string;
  readonly attrs: (i: number) => Attrs | undefined;
  /** What a child logger, made once, carries. */
  readonly bound?: Attrs;
  /** The group that a child logger, made once, opens. */
  readonly group?: string;
  /** What a child logger, made for each record, carries. */
  readonly request?: (i: number) => Attrs;
  /** Where the trace ids come from: the active context, a context that the call passes, that one has none, is another in each call, or has baggage. */
  readonly span?: "active" | "explicit" | "none" | "several" | "baggage";
  /** The line as a person would write it by hand, for the floor. */
  readonly template?: (i: number) => string;
  /** Records per turn of the event loop. */
  readonly turn: number;
}

const NONE = (): undefined => undefined;
const three = (i: number): Attrs => ({ orderId: i, user: "jane doe", total: 12.5 });
const BOUND: Attrs = { service: "shop", region: "eu-west-1", pod: "shop-7d9f-x2", version: "1.2.3", shard: 5 };
const paid = (): string => "order paid";

const error = deepError(6);
const ESCAPED = '{"path":"C:\\temp\\new","text":"line one\nline two\ttabbed"} '.repeat(34).slice(0, 2000);
const NON_ASCII = 'Grüße aus Łódź – naïve "café" 東京 🚀 '.repeat(60).slice(0, 2000).toWellFormed();
const PLAIN = "the quick brown fox jumps over the lazy dog 0123456789 ".repeat(40).slice(0, 2000);

const ten = (i: number): Attrs => ({
  method: "GET",
  path: "/v1/orders/17",
  status: 200,
  ms: 3.125,
  user: "jane doe",
  tenant: "acme",
  cached: true,
  bytes: i,
  region: "eu-west-1",
  retry: null,
});

const nested = (i: number): Attrs => ({
  req: { method: "GET", url: "/v1/orders", headers: { host: "shop.example", accept: "application/json" } },
  items: [1, 2, 3, "four"],
  orderId: i,
});

const failure = (): Attrs => ({ err: error });

const MIXED: readonly (readonly [message: string, attrs: (i: number) => Attrs | undefined])[] = [
  ["order paid", three],
  ["request", ten],
  ["server listening on port 8080", NONE],
  ["cache miss", (i) => ({ key: "user:17", shard: i & 7 })],
  ["rendered", nested],
  ["job done", (i) => ({ job: "mail", id: i, ms: 12.25, ok: true })],
  ["query", (i) => ({ sql: "select id, total from orders where user_id = $1", rows: i & 31, ms: 0.75 })],
  ["payment failed", failure],
];

/** Makes an error with the stack of a small service: as many frames of its own, and what Node puts below. */
function deepError(frames: number): Error {
  return frames === 0 ? new Error("payment declined") : deepError(frames - 1);
}

function head(): string {
  return `{"time":"${new Date().toISOString()}","level":"INFO"`;
}

/** Are the cases of the grid, on `/dev/null` at 250 records a turn unless they say otherwise. */
export const CASES: readonly Case[] = [
  {
    name: "message",
    message: () => "server listening on port 8080",
    attrs: NONE,
    turn: 250,
    template: () => `${head()},"msg":"server listening on port 8080"}\n`,
  },
  { name: "3 attrs", message: paid, attrs: three, turn: 250, template: (i) => threeByHand(three(i)) },
  { name: "10 attrs", message: () => "request", attrs: ten, turn: 250, template: (i) => tenByHand(ten(i)) },
  { name: "nested", message: paid, attrs: nested, turn: 250 },
  { name: "error", message: () => "payment failed", attrs: failure, turn: 250 },
  { name: "child of 5", message: paid, attrs: three, bound: BOUND, turn: 250 },
  { name: "new child", message: paid, attrs: three, request: (i) => ({ requestId: `req-${i}`, route: "/v1/orders" }), turn: 250 },
  { name: "interpolated", message: (i) => `user ${i} logged in`, attrs: (i) => ({ session: i }), turn: 250 },
  { name: "500 shapes", message: shapes.message, attrs: shapes.attrs, turn: 250 },
  { name: "active span", message: paid, attrs: three, span: "active", turn: 250 },
  { name: "span by ctx", message: paid, attrs: three, span: "explicit", turn: 250 },
  { name: "mixed", message: (i) => MIXED[i & 7]?.[0] ?? "", attrs: (i) => MIXED[i & 7]?.[1](i), turn: 250 },
  { name: "2 kB escaped", message: paid, attrs: () => ({ text: ESCAPED }), turn: 250 },
  { name: "2 kB non-ASCII", message: paid, attrs: () => ({ text: NON_ASCII }), turn: 250 },
  { name: "2 kB plain", message: paid, attrs: () => ({ text: PLAIN }), turn: 250 },
];

/** Are the case of three attributes at other sizes of a turn; the cost of an idle turn is taken off. */
export const TURNS: readonly Case[] = [1, 10].map((turn) => ({ name: `${turn} a turn`, message: paid, attrs: three, turn }));

/** Gives everything that the line of a record must say. */
export function facts(bench: Case, i: number): Attrs {
  const ids = bench.span === "active" || bench.span === "explicit" ? span.ids : {};
  return { ...bench.bound, ...bench.request?.(i), ...bench.attrs(i), ...ids };
}

function threeByHand(attrs: Attrs): string {
  return `${head()},"msg":"order paid","orderId":${String(attrs["orderId"])},"user":${JSON.stringify(attrs["user"])},"total":${String(attrs["total"])}}\n`;
}

function tenByHand(a: Attrs): string {
  const strings = `"method":${JSON.stringify(a["method"])},"path":${JSON.stringify(a["path"])},"user":${JSON.stringify(a["user"])}`;
  const more = `"tenant":${JSON.stringify(a["tenant"])},"region":${JSON.stringify(a["region"])}`;
  const numbers = `"status":${String(a["status"])},"ms":${String(a["ms"])},"bytes":${String(a["bytes"])}`;
  return `${head()},"msg":"request",${strings},${more},${numbers},"cached":${String(a["cached"])},"retry":${String(a["retry"])}}\n`;
}
