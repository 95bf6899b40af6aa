import { CASES, TURNS } from "./cases.ts";
import { correlog, subjectOf } from "./library/ours.ts";
import { disabled } from "./disabled.ts";
import { peersOf } from "./peers.ts";
import { each } from "./subject.ts";
import type { Case } from "./cases.ts";
import type { Peer, Subject } from "./subject.ts";

/** Is what runs interleaved in one process: the peers of a case, or ways of our own that are compared with one another. */
export interface Group {
  readonly name: string;
  readonly turn: number;
  /** Runs with a span active. */
  readonly span: boolean;
  readonly rows: readonly Pick<Peer, "name" | "open" | "prints">[];
}

const three = {
  name: "3 attrs",
  message: () => "order paid",
  attrs: (i: number) => ({ orderId: i, user: "jane doe", total: 12.5 }),
  turn: 250,
};
const bound = { service: "shop", region: "eu-west-1", pod: "shop-7d9f-x2", version: "1.2.3", shard: 5 };

/** Gives a group by its name. */
export function groupOf(name: string, peer?: string): Group {
  const bench = caseOf(name);
  if (bench !== undefined) return { name, turn: bench.turn, span: bench.span === "active", rows: rowsOf(bench, peer) };
  if (name === "disabled") return { name, turn: 100_000, span: false, rows: disabled };
  if (name === "bound")
    return { name, turn: 250, span: false, rows: [ours("none", three), ours("5 bound", { ...three, bound })] };
  if (name === "stamps") return { name, turn: 250, span: true, rows: STAMPS };
  throw new RangeError(`case: expected one of ${GROUPS.join(", ")}, got ${JSON.stringify(name)}`);
}

/** Gives the case of a group; rows that are compared among themselves have their own. */
export function benchOf(name: string): Case {
  return caseOf(name) ?? three;
}

function caseOf(name: string): Case | undefined {
  return [...CASES, ...TURNS].find((each) => each.name === name);
}

const STAMPS = [
  ours("no span in the ctx given", { ...three, span: "none" }),
  ours("span of the active context", three),
  ours("span of the ctx given", { ...three, span: "explicit" }),
  ours("spans of 16 ctx in turn", { ...three, span: "several" }),
  ours("span and two members of baggage", { ...three, span: "baggage" }),
  ours("the same, in a group", { ...three, span: "baggage", group: "order" }),
];

export const GROUPS: readonly string[] = [...CASES, ...TURNS].map(({ name }) => name).concat("disabled", "bound", "stamps");

/** An idle turn stands beside small ones, to be taken off: it is no logger's. */
function rowsOf(bench: Case, peer: string | undefined): Group["rows"] {
  const rows = peersOf(bench, peer);
  return bench.turn < 250 ? [...rows, { name: "idle", open: async () => each(() => undefined) }] : rows;
}

function ours(name: string, bench: Case): Group["rows"][number] {
  return {
    name,
    open: async (fd): Promise<Subject> => {
      const { jsonHandler, fdWriter, Logger } = await correlog();
      const handler = jsonHandler({ writer: fdWriter(fd) });
      return subjectOf(new Logger(handler), handler, bench);
    },
  };
}
