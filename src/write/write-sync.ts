/**
 * Writes bytes to a descriptor, as `writeSync` of `node:fs` does, and returns how many were taken: passed in by tests, and by files that
 * choose where each line goes.
 */
export type WriteSync = (fd: number, bytes: Uint8Array, offset: number, length: number) => number;
