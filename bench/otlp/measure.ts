import { monitorEventLoopDelay } from "node:perf_hooks";

/** Is what one run took, by the record in microseconds of CPU. */
export interface Cost {
  readonly mainUs: number;
  readonly processUs: number;
  readonly delayP99Ms: number;
  readonly peakMb: number;
  readonly wallMs: number;
}

/** Measures the logging of so many records, from the first call to the end of their delivery. */
export async function measure(records: number, run: () => Promise<void>): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [main, all, wall] = [process.threadCpuUsage(), process.cpuUsage(), performance.now()];
  await run();
  const [mainEnd, allEnd, wallMs] = [process.threadCpuUsage(main), process.cpuUsage(all), performance.now() - wall];
  delay.disable();
  return {
    mainUs: (mainEnd.user + mainEnd.system) / records,
    processUs: (allEnd.user + allEnd.system) / records,
    delayP99Ms: delay.percentile(99) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    wallMs,
  };
}
