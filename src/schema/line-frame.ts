import { JsonBytes } from "../format/json-bytes.ts";
import type { LineField } from "./line-field.ts";
import type { LineName } from "./line-names.ts";

/** Is a field, and the bytes of all that stands between it and the field of the step before; undefined when that is nothing. */
export interface LineStep {
  readonly before: Uint8Array | undefined;
  readonly field: LineField;
}

/** Is what some lines have alike, ready to be copied: as plain bytes, of which a line has a hundred or so (as words an event 1.24 for 1.16). */
export interface LineFrame {
  /** Are the steps of a line, the last of them to the rest. */
  readonly steps: readonly LineStep[];
  /** Is `,"time":"…"`, within one of the steps: that of the line that was written last. */
  readonly time: Uint8Array;
  /** Is the same in milliseconds since the epoch. */
  timeMs: number;
  /** Are the names of what is bound. */
  readonly names: readonly LineName[];
  /** Is the `id` of what is bound. */
  readonly bound: number;
  readonly rest: string;
  readonly mismatches: number;
  readonly undeclared: number;
  readonly found: number;
}

/**
 * Takes what fields have, as the bytes before those that have nothing yet.
 *
 * @param head are fields that go on having nothing, where they have not yet.
 * @param timeField is one that has something; its bytes are given too, to be written over.
 */
export function takeSteps(
  fields: readonly LineField[],
  head: ReadonlySet<LineField>,
  timeField: LineField,
): Pick<LineFrame, "steps" | "time"> {
  const json = new JsonBytes(Buffer.allocUnsafeSlow(1024));
  const steps: LineStep[] = [];
  let end = 0;
  let found = { start: 0, end: 0, step: -1 };
  for (const field of fields) {
    const start = end;
    if (field.member !== undefined) end = field.write(json, start);
    else if (!head.has(field)) {
      steps.push({ before: start === 0 ? undefined : new Uint8Array(json.bytes.subarray(0, start)), field });
      end = 0;
    }
    if (field === timeField) found = { start, end, step: steps.length };
  }
  const bytes = steps[found.step]?.before?.buffer ?? new ArrayBuffer(0);
  return { steps, time: new Uint8Array(bytes, found.start, found.end - found.start) };
}
