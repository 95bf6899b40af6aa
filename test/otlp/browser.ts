import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where a Chromium is; nothing where there is none. */
export const CHROMIUM: string | undefined = [
  process.env["CHROMIUM"] ?? "",
  ...(process.env["PATH"] ?? "")
    .split(":")
    .flatMap((dir) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(dir, name))),
].find((path) => path !== "" && existsSync(path));

if (CHROMIUM === undefined) console.warn("skipped: no chromium; install it (apt-get install chromium), or name one in CHROMIUM");

/** Is a page of a browser. */
export interface Page {
  /** Runs an expression in it and gives what its promise gives. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Is a running browser. */
export interface Browser {
  /** Opens a page and waits until it is loaded. */
  open(url: string): Promise<Page>;
  stop(): Promise<void>;
}

/** Quiet, and with nothing to load of its own; root may not have the sandbox. */
const FLAGS = (
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
  "--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-port=0"
).split(" ");

/** Starts a browser with a profile of its own. */
export async function startBrowser(path: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "correlog-browser-"));
  const child = spawn(path, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString();
      const [, url] = /DevTools listening on (ws:\S+)/.exec(stderr) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", () => reject(new Error(`the browser ended: ${stderr}`)));
  });
  const protocol = await Protocol.open(address);
  return {
    async open(url) {
      const { targetId } = await protocol.send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await protocol.send("Target.attachToTarget", { targetId, flatten: true });
      await protocol.send("Page.enable", {}, sessionId);
      const loaded = protocol.event("Page.loadEventFired", sessionId);
      await protocol.send("Page.navigate", { url }, sessionId);
      await loaded;
      return {
        async evaluate(expression) {
          const asked = { expression, awaitPromise: true, returnByValue: true };
          const { result, exceptionDetails } = await protocol.send("Runtime.evaluate", asked, sessionId);
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
          return (result as { value?: unknown }).value;
        },
        async close() {
          await protocol.send("Target.closeTarget", { targetId });
        },
      };
    },
    async stop() {
      child.kill("SIGKILL");
      await once(child, "close");
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly error?: { readonly message: string };
  readonly result?: Record<string, string | undefined> & Record<string, unknown>;
}

/** Speaks the browser's debugging protocol. */
class Protocol {
  readonly #socket: WebSocket;
  readonly #heard = new Set<(message: Message) => void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      for (const hear of this.#heard) hear(message);
    });
  }

  static async open(address: string): Promise<Protocol> {
    const socket = new WebSocket(address);
    await once(socket, "open");
    return new Protocol(socket);
  }

  async send(method: string, params: object, sessionId?: string): Promise<NonNullable<Message["result"]>> {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await this.#hear((message) => message.id === id);
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  async event(method: string, sessionId: string | undefined): Promise<void> {
    await this.#hear((message) => message.method === method && message.sessionId === sessionId);
  }

  async #hear(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const hear = (message: Message): void => {
        if (!fits(message)) return;
        this.#heard.delete(hear);
        resolve(message);
      };
      this.#heard.add(hear);
    });
  }
}
