import { median, ratios, spread } from "./stats.ts";
import type { Judged } from "./judge.ts";
import type { Rows } from "./slots.ts";

/** Writes a table of how many times dearer than a row of ours each other row is: groups across, rows down. */
export function ratioTable(groups: ReadonlyMap<string, Rows>, base: string, names: readonly string[]): string {
  const shown = [...groups].filter(([, rows]) => rows[base] !== undefined);
  const ours = shown.map(([, rows]) => figure(median(rows[base] ?? []) - median(rows["idle"] ?? [0])));
  const run = names.filter((name) => shown.some(([, rows]) => rows[name] !== undefined));
  const rows = run.map((name) => [name].concat(shown.map(([, rows]) => ratioOf(rows, name, base))));
  return table([["times dearer than ours", ...shown.map(([group]) => group)], [`*${base}, ns*`, ...ours], ...rows]);
}

/** Gives a ratio with the spread of its rounds in percent. */
function ratioOf(rows: Rows, name: string, base: string): string {
  const [of, by] = [rows[name], rows[base]];
  if (of === undefined || by === undefined) return "";
  const each = ratios(of, by, median(rows["idle"] ?? [0]));
  return `${figure(median(each))} ±${Math.round(spread(each) * 100)}`;
}

/** Writes the rows of one group: nanoseconds, and the ratio to the first. */
export function rowsTable(rows: Rows, unit: string, scale: number): string {
  const [base] = Object.values(rows);
  const lines = Object.entries(rows).map(([name, values]) => {
    const each = ratios(values, base ?? []);
    return [name, figure(median(values) / scale), figure(median(each)), `±${Math.round(spread(values) * 100)}`];
  });
  return table([["", unit, "times the first", "spread %"], ...lines]);
}

/** Writes what one group measured, a column a group. */
export function plainTable(groups: ReadonlyMap<string, Rows>, title: string): string {
  const names = [...new Set([...groups.values()].flatMap((rows) => Object.keys(rows)))];
  const cell = (rows: Rows, name: string): string => (rows[name] === undefined ? "" : figure(median(rows[name])));
  const lines = names.map((name) => [name].concat([...groups.values()].map((rows) => cell(rows, name))));
  return table([[title, ...groups.keys()], ...lines]);
}

/** Writes the goals and what was measured. */
export function judgedTable(judged: readonly Judged[]): string {
  const lines = judged.map(({ group, ours, than, atLeast, atMost, measured, holds }) => {
    const goal = atMost === undefined ? `at least ${atLeast ?? 0} times cheaper` : `at most ${atMost} times as dear`;
    return [group, ours, than, goal, figure(measured), holds ? "yes" : "**no**"];
  });
  return table([["case", "ours", "against", "goal", "measured", "holds"], ...lines]);
}

function table([head = [], ...lines]: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
