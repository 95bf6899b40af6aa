/** How often a write that is not done is looked at: as long as a receiver may hold up the end of the process. */
const LOOK_MS = 2000;
/** How many looks a write has while the process lives on: 10 s. */
const LOOKS = 5;

/**
 * Watches a write that its receiver may never take. Such a write keeps the process, though its socket does not: when nothing else does, the natural
 * end has come and is held up for it.
 *
 * @param stalled is called once when the write is not done after 10 s, or after 2 s of holding up the end.
 * @returns a function that ends the watch.
 */
export function watchWrite(stalled: (problem: Error, atEnd: boolean) => void): () => void {
  let looks = 0;
  const timer = setInterval(() => {
    looks++;
    const atEnd = isHoldingUp();
    if (!atEnd && looks < LOOKS) return;
    clearInterval(timer);
    stalled(new Error(`the receiver has taken nothing for ${looks * LOOK_MS} ms`), atEnd);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Standard streams are named though they keep nothing, so a process that is kept by a pipe alone is taken for one that ends: it waits 2 s then, not 10. */
const AT_END: ReadonlySet<string> = new Set(["SimpleWriteWrap", "WriteWrap", "PipeWrap", "TTYWrap"]);

/** Tells whether nothing but writes keeps the process; false where that cannot be asked. */
function isHoldingUp(): boolean {
  return process.getActiveResourcesInfo?.().every((name) => AT_END.has(name)) ?? false;
}
