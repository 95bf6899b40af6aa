import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { ChildProcess } from "node:child_process";
import type { FromService, ToService } from "./messages.ts";

/** Is what a service delivered since its start, and what it could not. */
export type Flushed = Extract<FromService, { kind: "flushed" }>;

/** Is a line that a service wrote to its console. */
export interface ConsoleLine {
  readonly service: string;
  readonly text: string;
}

/** How long a service may take to start, to flush or to end. */
const PATIENCE_MS = 15_000;

/** Runs one of the services as a process of its own and hears what it says, on its console and about itself. */
export class ServiceProcess {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #flushed: Flushed = { kind: "flushed", records: 0, spans: 0, problems: [] };

  private constructor(name: string, port: number, child: ChildProcess, closed: Promise<unknown>) {
    this.name = name;
    this.port = port;
    this.#child = child;
    this.#closed = closed;
    child.on("message", (message: FromService) => {
      if (message.kind === "flushed") this.#flushed = message;
    });
  }

  /** Starts a service and resolves when it listens. */
  static async start(
    name: string,
    script: URL,
    env: { readonly [name: string]: string },
    onLine: (line: ConsoleLine) => void,
  ): Promise<ServiceProcess> {
    const child = fork(script, [], {
      env: { ...process.env, OTEL_SERVICE_NAME: name, ...env },
      // Node 22 says that SQLite is experimental; the demo does not repeat it.
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    if (child.stdout !== null) createInterface(child.stdout).on("line", (text) => onLine({ service: name, text }));
    const { port } = await hear(child, "listening");
    return new ServiceProcess(name, port, child, closed);
  }

  /** Has the service deliver all that it holds, and tells how much it delivered since its start. */
  async flush(): Promise<Flushed> {
    const flushed = hear(this.#child, "flushed");
    this.#tell("flush");
    return flushed;
  }

  /**
   * Ends the service, which may have begun to end by itself, and resolves when it is gone and all its lines are read.
   *
   * It is asked by message: a signal that comes when the process is all but gone would kill it, and it would seem to have failed.
   */
  async end(): Promise<Flushed> {
    const tooLong = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    this.#tell("end");
    await this.#closed;
    clearTimeout(tooLong);
    const { exitCode, signalCode } = this.#child;
    if (exitCode === 0) return this.#flushed;
    return { ...this.#flushed, problems: [...this.#flushed.problems, `ended with ${exitCode ?? signalCode}`] };
  }

  #tell(message: ToService): void {
    // Where it cannot be sent, the service is gone or going, and that is noticed by itself.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** Waits for one kind of message; rejects when the service ends before, or takes too long. */
async function hear<K extends FromService["kind"]>(child: ChildProcess, kind: K): Promise<Extract<FromService, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(tooLong);
      child.off("message", listen).off("exit", onExit);
    };
    const listen = (message: FromService): void => {
      if (message.kind !== kind) return;
      done();
      resolve(message as Extract<FromService, { kind: K }>);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      done();
      reject(new Error(`a service ended with ${code ?? signal} before it said ${kind}`));
    };
    const tooLong = setTimeout(() => {
      done();
      reject(new Error(`a service did not say ${kind} within ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
    child.on("message", listen).on("exit", onExit);
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
  });
}
