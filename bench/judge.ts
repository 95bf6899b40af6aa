import { median, ratios } from "./stats.ts";
import type { Rows } from "./slots.ts";

/** Is a goal: how many times cheaper a row of ours is to be than another, or how much dearer it may be. */
interface Goal {
  readonly group: string;
  readonly ours: string;
  readonly than: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const EACH = "correlog each";
const BATCH = "correlog";

/** Are the goals of the project for Node 24; 22 and 26 are to come within a quarter of them. */
const GOALS: readonly Goal[] = [
  ...goals(EACH, "pino sync", {
    "3 attrs": 3.2,
    "child of 5": 3.2,
    "active span": 3.2,
    mixed: 3.2,
    message: 3.5,
    "10 attrs": 2.8,
    nested: 2.8,
    error: 2.3,
  }),
  ...goals(EACH, "pino-fixed sync", {
    "3 attrs": 2.8,
    "child of 5": 2.8,
    "active span": 2.8,
    mixed: 2.8,
    message: 3,
    "10 attrs": 2.5,
    nested: 2.4,
    error: 2,
  }),
  ...goals(BATCH, "pino fast", {
    message: 16,
    "3 attrs": 10,
    "10 attrs": 6,
    nested: 5,
    error: 4,
    "active span": 10,
    mixed: 7,
    "1 a turn": 2.5,
  }),
  ...goals(BATCH, "pino-fixed fast", {
    "3 attrs": 5,
    mixed: 4,
    "1 a turn": 1.8,
    "500 shapes": 2,
    interpolated: 2,
    "new child": 2,
  }),
  ...goals(BATCH, "pino-fixed batch epoch", { "3 attrs": 3, mixed: 2.3 }),
  ...goals(EACH, "pino-fixed sync", { "500 shapes": 2, interpolated: 2, "new child": 2 }),
  { group: "message", ours: EACH, than: "floor: writeSync of the ready string", atMost: 1.4 },
  { group: "3 attrs", ours: EACH, than: "floor: writeSync of the ready string", atMost: 2.2 },
  { group: "10 attrs", ours: EACH, than: "floor: writeSync of the ready string", atMost: 3 },
  { group: "bound", ours: "5 bound", than: "none", atMost: 1.2 },
  { group: "stamps", ours: "span of the active context", than: "no span in the ctx given", atMost: 1.2 },
  { group: "stamps", ours: "span of the ctx given", than: "no span in the ctx given", atMost: 1.1 },
  ...["correlog", "correlog, LevelVar", "correlog, level by name", "correlog, fan-out of three"].map((ours) => ({
    group: "disabled",
    ours,
    than: "empty function",
    atMost: 1.2,
  })),
];

/** Is a goal with what was measured. */
export interface Judged extends Goal {
  readonly measured: number;
  readonly holds: boolean;
}

/** Compares what was measured with the goals, in the groups that were run. */
export function judge(groups: ReadonlyMap<string, Rows>): readonly Judged[] {
  return [...GOALS, ...[...groups].flatMap(([group, rows]) => againstAll(group, rows))].flatMap((goal) => {
    const rows = groups.get(goal.group);
    const ours = rows?.[goal.ours];
    const than = rows?.[goal.than];
    if (rows === undefined || ours === undefined || than === undefined) return [];
    const idle = median(rows["idle"] ?? [0]);
    const measured = median(goal.atMost === undefined ? ratios(than, ours, idle) : ratios(ours, than, idle));
    return [{ ...goal, measured, holds: measured >= (goal.atLeast ?? 0) && measured <= (goal.atMost ?? Infinity) }];
  });
}

/** Gives the goal against whichever library is the fastest of all in a case, the fastest mode of ours against its. */
function againstAll(group: string, rows: Rows): readonly Goal[] {
  const ours = fastest(rows, (name) => name.startsWith(BATCH));
  const than = fastest(rows, (name) => !/^(?:correlog|floor|idle|empty)/.test(name));
  return ours === undefined || than === undefined || rows[BATCH] === undefined ? [] : [{ group, ours, than, atLeast: 1.15 }];
}

function fastest(rows: Rows, among: (name: string) => boolean): string | undefined {
  const found = Object.entries(rows).filter(([name]) => among(name));
  return found.toSorted(([, a], [, b]) => median(a) - median(b))[0]?.[0];
}

function goals(ours: string, than: string, times: { readonly [group: string]: number }): readonly Goal[] {
  return Object.entries(times).map(([group, atLeast]) => ({ group, ours, than, atLeast }));
}
