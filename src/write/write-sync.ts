/** What of `node:fs` is needed; passed in by tests. */
export interface WriteSync {
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
}
