import { Destination } from "./destination.ts";
import { benchOf, groupOf } from "./groups.ts";
import { span } from "./span.ts";
import { turn } from "./subject.ts";
import type { DestinationKind } from "./destination.ts";
import type { Subject } from "./subject.ts";

/** Says how long to measure. */
export interface Pace {
  readonly rounds: number;
  readonly warmRounds: number;
  readonly slotMs: number;
}

/** Is nanoseconds per record, wall, for each round of each row. */
export type Rows = { readonly [name: string]: readonly number[] };

interface Row {
  readonly name: string;
  readonly subject: Subject;
  readonly ns: number[];
  next: number;
}

/**
 * Times the rows of a group in this process, interleaved in short slots whose order rotates, so that what disturbs the machine
 * disturbs all. A slot ends with everything written. No collection is forced: garbage costs whoever runs when it is collected.
 */
export async function timeSlots(name: string, kind: DestinationKind, pace: Pace, peer?: string): Promise<Rows> {
  const group = groupOf(name, peer);
  const destination = new Destination(kind);
  const rows: Row[] = [];
  for (const row of group.rows) {
    rows.push({ name: row.name, subject: await row.open(destination.open(row.name), benchOf(name)), ns: [], next: 0 });
  }
  const run = async (): Promise<void> => rounds(rows, group.turn, destination, pace);
  await (group.span ? span.within(run) : run());
  destination.close();
  return Object.fromEntries(rows.map((row) => [row.name, row.ns]));
}

async function rounds(rows: readonly Row[], records: number, destination: Destination, pace: Pace): Promise<void> {
  for (let round = 0; round < pace.warmRounds + pace.rounds; round++) {
    for (let place = 0; place < rows.length; place++) {
      const row = rows[(place + round) % rows.length];
      if (row === undefined) continue;
      const ns = await slot(row, records, pace.slotMs * 1e6);
      if (round >= pace.warmRounds) row.ns.push(ns);
      destination.empty();
    }
  }
}

async function slot(row: Row, records: number, slotNs: number): Promise<number> {
  const { subject } = row;
  const first = row.next;
  const start = process.hrtime.bigint();
  do {
    subject.burst(row.next, row.next + records);
    row.next += records;
    await turn();
  } while (Number(process.hrtime.bigint() - start) < slotNs);
  await subject.settle();
  return Number(process.hrtime.bigint() - start) / (row.next - first);
}
