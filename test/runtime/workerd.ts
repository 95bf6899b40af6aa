import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

export const WORKERD = join(import.meta.dirname, "../../node_modules/@cloudflare/workerd-linux-64/bin/workerd");

/** Is a worker that runs. */
export interface RunningWorker extends AsyncDisposable {
  /** Asks for a path, and gives the answer's text. */
  ask(path: string): Promise<string>;
  /** Gives what it wrote so far, errors included. */
  said(): string;
  /** Ends it, and gives what it wrote on standard output: the lines of its console. */
  end(): Promise<readonly string[]>;
}

export interface WorkerOptions {
  /** Compatibility flags. */
  readonly flags?: readonly string[];
  /** Texts in the worker's environment. */
  readonly env?: { readonly [name: string]: string };
}

/** Starts a worker in workerd; the modules beside its own are the files of `node_modules/correlog/dist` in the folder, each by its path. */
export async function startWorker(folder: string, code: string, options: WorkerOptions = {}): Promise<RunningWorker> {
  const port = await freePort();
  writeFileSync(join(folder, "worker.mjs"), code);
  writeFileSync(join(folder, "config.capnp"), configuration(folder, port, options));
  const child = spawn(WORKERD, ["serve", "config.capnp"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    process.stderr.write(text);
  });
  const end = async (): Promise<readonly string[]> => {
    child.kill();
    await closed;
    return stdout === "" ? [] : stdout.replace(/\n$/, "").split("\n");
  };
  return {
    said: () => stdout + stderr,
    ask: async (path) => ask(`http://127.0.0.1:${port}${path}`),
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

function configuration(folder: string, port: number, { flags = [], env = {} }: WorkerOptions): string {
  const dist = "node_modules/correlog/dist";
  const files = globSync("**/*.js", { cwd: join(folder, dist) });
  const modules = files.map((file) => `(name = "correlog/${file}", esModule = embed "${dist}/${file}")`);
  const bindings = Object.entries(env).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (
  modules = [(name = "main.mjs", esModule = embed "worker.mjs"), ${modules.join(", ")}],
  bindings = [${bindings.join(", ")}],
  compatibilityDate = "2026-07-01", compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}]);`;
}

/** Asks until there is an answer: workerd does not say when it listens. */
async function ask(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
