/** Is a timer that was set. */
export interface Timer {
  /** Lets the process end although the timer runs. */
  unref?(): unknown;
}

/** Tells the time and wakes up. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Is the runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(run, ms) {
    try {
      return setTimeout(run, ms);
    } catch {
      // Workers on the edge have no timers outside of a request; what waits goes with a later record's, or with flush().
      return {};
    }
  },
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
