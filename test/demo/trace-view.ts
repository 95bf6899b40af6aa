import { stripVTControlCharacters } from "node:util";
import { columns, paint, paintLevel, paintService, visible } from "./paint.ts";
import { attributeWords, flow, painted, plain, showValue } from "./words.ts";
import type { Attributes, ReceivedRecord, Span, SpanEvent } from "./otlp-json.ts";
import type { SpanNode, Step, TraceTree } from "./trace-tree.ts";
import type { Word } from "./words.ts";

const BAR = 20;

/** What says nothing that the rest of the tree does not say, or is the same in every demo. */
const QUIET = /^(?:network\.|user_agent\.|client\.|server\.|url\.(?:scheme|path|query)$|http\.request\.method_original$)/;

/** Draws a trace: each span with its share of the time, and under it, in order, what was logged and what it called. */
export function traceView(tree: TraceTree): string {
  const strays = tree.strays.flatMap((record) => recordLines(record, paint("red", "? "), "  "));
  return [...tree.roots.flatMap((root) => [...spanLines(root, tree, "", ""), ""]), ...strays].join("\n");
}

/** Sums a trace up: its duration, services, spans and records. */
export function traceSummary({ startMs, endMs, spans, records }: TraceTree): string {
  const services = new Set([...spans, ...records].map(({ service }) => service)).size;
  const counts = [plural(services, "service"), plural(spans.length, "span"), plural(records.length, "record")];
  return [...(spans.length > 0 ? [duration(endMs - startMs)] : []), ...counts].join(" · ");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function spanLines({ span, steps }: SpanNode, tree: TraceTree, branch: string, stem: string): readonly string[] {
  const below = `${stem}${paint("dim", steps.length > 0 ? "│" : " ")}`;
  const last = steps.length - 1;
  return [
    `${branch}${headLine(span, tree, plainWidth(branch))}`,
    ...noteLines(span, `${below}    `),
    ...steps.flatMap((step, at) => stepLines(step, tree, stem, at === last)),
  ];
}

function stepLines(step: Step, tree: TraceTree, stem: string, isLast: boolean): readonly string[] {
  const branch = `${stem}${paint("dim", isLast ? "└─" : "├─")} `;
  const below = `${stem}${paint("dim", isLast ? " " : "│")}  `;
  switch (step.kind) {
    case "record":
      return recordLines(step.record, branch, below);
    case "event":
      return eventLines(step.event, branch, below);
    case "span":
      return spanLines(step.node, tree, branch, below);
  }
}

function headLine(span: Span, tree: TraceTree, indent: number): string {
  const right = `${bar(span, tree)} ${paint("bold", duration(span.endMs - span.startMs).padStart(9))}  ${outcome(span)}`;
  const nameWidth = Math.max(columns() - indent - BAR - 40, 24);
  const length = visible(span.service).length + 2 + visible(span.name).length;
  const name = `${paintService(span.service, visible(span.service))}  ${paint("bold", visible(span.name))}${" ".repeat(Math.max(nameWidth - length, 1))}`;
  return `${name} ${paint("dim", span.kind.padEnd(8))} ${right}`;
}

/** Draws when within the trace the span ran, to an eighth of a column at its end. */
function bar({ startMs, endMs, service }: Span, tree: TraceTree): string {
  const scale = BAR / Math.max(tree.endMs - tree.startMs, 0.001);
  const from = Math.min(Math.floor((startMs - tree.startMs) * scale), BAR - 1);
  const eighths = Math.max(Math.round((endMs - tree.startMs) * scale * 8) - from * 8, 1);
  const blocks = "█".repeat(Math.floor(eighths / 8)) + (["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "");
  return `${paint("dim", "▕")}${paintService(service, `${" ".repeat(from)}${blocks}`.padEnd(BAR))}${paint("dim", "▏")}`;
}

function outcome({ status, attributes }: Span): string {
  const code = attributes["http.response.status_code"];
  return paint(
    status === "ERROR" ? "red" : "green",
    `${status === "ERROR" ? "✗" : "✓"}${code === undefined ? "" : ` ${String(code)}`}`,
  );
}

function shownAttributes({ attributes }: Span): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !QUIET.test(key)));
}

/** Shows what there is to say of a span itself: why it failed, its attributes, its links. */
function noteLines(span: Span, prefix: string): readonly string[] {
  const notes: (readonly Word[])[] = [
    ...(span.statusMessage === "" ? [] : [[painted("red", `✗ ${visible(span.statusMessage)}`)]]),
    attributeWords(shownAttributes(span)),
    ...span.links.map(({ spanId, traceId, attributes }) => [
      painted("yellow", visible(`↗ linked to span ${spanId} of trace ${traceId}`)),
      ...attributeWords(attributes),
    ]),
  ];
  return notes.flatMap((words) => (words.length === 0 ? [] : flow(words, pre(prefix), pre(prefix), columns())));
}

function recordLines(record: ReceivedRecord, branch: string, below: string): readonly string[] {
  const level = `${record.level.padEnd(5)} `;
  const words = [
    plain(`${visible(String(record.message))} `),
    ...(record.eventName === "" ? [] : [painted("yellow", "event")]),
    // An error is shown as it was logged; OTLP has it in the words of the conventions as well.
    ...carriedWords(record.attributes, "exception."),
  ];
  return flow(words, pre(`${branch}${paintLevel(record.level, level)}`), pre(`${below}${" ".repeat(level.length)}`), columns());
}

function eventLines({ name, attributes }: SpanEvent, branch: string, below: string): readonly string[] {
  const words = [painted("yellow", `${visible(name)} `), ...carriedWords(attributes, "exception.stacktrace")];
  return flow(words, pre(`${branch}${paint("yellow", "◆ span event")} `), pre(`${below}  `), columns());
}

/** Shows attributes but those that start like one, and what of them is baggage apart. */
function carriedWords(attributes: Attributes, hidden: string): readonly Word[] {
  const entries = Object.entries(attributes);
  const own = entries.filter(([key]) => !key.startsWith("baggage.") && !key.startsWith(hidden));
  const baggage = entries.filter(([key]) => key.startsWith("baggage."));
  const carried = baggage.map(([key, value]) => `${visible(key.slice("baggage.".length))}=${showValue(value)}`).join(" ");
  return [...attributeWords(Object.fromEntries(own)), ...(carried === "" ? [] : [painted("blue", `‹${carried}›`)])];
}

function duration(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}

/** Makes a word of what is painted already. */
function pre(text: string): Word {
  return { width: plainWidth(text), text };
}

function plainWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
