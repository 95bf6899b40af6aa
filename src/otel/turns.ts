/**
 * Runs one piece of work after another. The SDK needs it: a second `forceFlush()` of its batch processor resolves at once while the
 * first still sends, and a `shutdown()` meanwhile loses what was queued since.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Starts the work when all that was given before is done, and settles as it does. */
  async run(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {
      // Whoever asked for this turn hears it; the next one starts all the same.
    });
    return turn;
  }
}
