import { FLOORS } from "./library/floors.ts";
import { OURS } from "./library/ours.ts";
import { PINO } from "./library/pino.ts";
import { PRINTERS } from "./library/printers.ts";
import { STREAMS } from "./library/streams.ts";
import type { Case } from "./cases.ts";
import type { Peer } from "./subject.ts";

export const PEERS: readonly Peer[] = [...OURS, ...PINO, ...STREAMS, ...PRINTERS, ...FLOORS];

/** Gives the peers that can run a case, ours always, others by a part of their name. */
export function peersOf(bench: Case, named = ""): readonly Peer[] {
  const ours = new Set(OURS.map(({ name }) => name));
  return PEERS.filter((peer) => {
    if (peer.name.includes("template") && bench.template === undefined) return false;
    return ours.has(peer.name) || peer.name.includes(named);
  });
}
