// What no logger can be cheaper than: the same bytes, ready-made; and what a person would write by hand, which escapes little.
import { writeSync } from "node:fs";
import { each } from "../subject.ts";
import { readyLines } from "./ours.ts";
import type { Open, Peer } from "../subject.ts";

const READY = 8;
const BATCH_BYTES = 16_384;

export const FLOORS: readonly Peer[] = [
  { name: "floor: writeSync of the ready string", mode: "each", floor: true, open: writes() },
  { name: "floor: ready bytes, batched", mode: "buffered", floor: true, open: copies() },
  { name: "floor: template by hand", mode: "each", floor: true, open: templates() },
  { name: "floor: template by hand, batched", mode: "buffered", floor: true, open: templatesBatched() },
];

function writes(): Open {
  return async (fd, bench) => {
    const lines = await readyLines(bench, READY);
    return each((i) => void writeSync(fd, lines[i % READY] ?? ""));
  };
}

function copies(): Open {
  return async (fd, bench) => {
    const lines = (await readyLines(bench, READY)).map((line) => Buffer.from(line));
    const batch = Buffer.allocUnsafeSlow(BATCH_BYTES * 4);
    let length = 0;
    const drain = (): void => {
      if (length > 0) writeSync(fd, batch, 0, length);
      length = 0;
    };
    return each((i) => {
      const line = lines[i % READY];
      if (line === undefined) return;
      if (length === 0) setImmediate(drain);
      batch.set(line, length);
      length += line.length;
      if (length >= BATCH_BYTES) drain();
    }, drain);
  };
}

function templates(): Open {
  return async (fd, { template = none }) => each((i) => void writeSync(fd, template(i)));
}

function templatesBatched(): Open {
  return async (fd, { template = none }) => {
    let batch = "";
    const drain = (): void => {
      if (batch !== "") writeSync(fd, batch);
      batch = "";
    };
    return each((i) => {
      if (batch === "") setImmediate(drain);
      batch += template(i);
      if (batch.length >= BATCH_BYTES) drain();
    }, drain);
  };
}

function none(): string {
  throw new Error("this case has no template");
}
