import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { AddressInfo } from "node:net";

export const WORKERD = join(import.meta.dirname, "../../node_modules/@cloudflare/workerd-linux-64/bin/workerd");

/** Is a worker that runs. */
export interface RunningWorker extends AsyncDisposable {
  /** Asks for a path, and gives the answer's text. */
  ask(path: string): Promise<string>;
  /** Ends it, and gives what it wrote: the lines of its console. */
  end(): Promise<readonly string[]>;
}

/** Starts a worker in workerd; the modules beside its own are the files of `node_modules/correlog/dist` in the folder, each by its path. */
export async function startWorker(folder: string, code: string, flags: readonly string[] = []): Promise<RunningWorker> {
  const port = await freePort();
  writeFileSync(join(folder, "worker.mjs"), code);
  writeFileSync(join(folder, "config.capnp"), configuration(folder, port, flags));
  const child = spawn(WORKERD, ["serve", "config.capnp"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const end = async (): Promise<readonly string[]> => {
    child.kill();
    await closed;
    return stdout === "" ? [] : stdout.replace(/\n$/, "").split("\n");
  };
  return {
    ask: async (path) => ask(`http://127.0.0.1:${port}${path}`),
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

function configuration(folder: string, port: number, flags: readonly string[]): string {
  const dist = "node_modules/correlog/dist";
  const files = globSync("**/*.js", { cwd: join(folder, dist) });
  const modules = files.map((file) => `(name = "correlog/${file}", esModule = embed "${dist}/${file}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (
  modules = [(name = "main.mjs", esModule = embed "worker.mjs"), ${modules.join(", ")}],
  compatibilityDate = "2026-07-01", compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}]);`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
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
