import { DOWN_TENANT } from "./requests.ts";
import { ServiceProcess } from "./process.ts";
import type { ConsoleLine, Flushed } from "./process.ts";

/** Is what one service delivered. */
export type Delivered = Flushed & { readonly service: string };

/**
 * A port at which nobody listens, whatever else runs on this machine; one that the system gave and that was closed again might be
 * another process' by the time it is called.
 */
const NOBODY = "http://127.0.0.1:2/kv";

/** Runs the two services. */
export class System {
  readonly gateway: ServiceProcess;
  readonly keyValue: ServiceProcess;

  private constructor(gateway: ServiceProcess, keyValue: ServiceProcess) {
    this.gateway = gateway;
    this.keyValue = keyValue;
  }

  /** Starts them with these variables on top of the demo's own. */
  static async start(env: { readonly [name: string]: string }, onLine: (line: ConsoleLine) => void): Promise<System> {
    const keyValue = await ServiceProcess.start("kv-service", new URL("./kv-service.ts", import.meta.url), env, onLine);
    const shards = { [DOWN_TENANT]: NOBODY, "*": `http://127.0.0.1:${keyValue.port}/kv` };
    const routed = { ...env, KV_SHARDS: JSON.stringify(shards) };
    try {
      const script = new URL("./gateway.ts", import.meta.url);
      return new System(await ServiceProcess.start("gateway", script, routed, onLine), keyValue);
    } catch (error) {
      await keyValue.end();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.gateway.port}/`;
  }

  /** Has both deliver what they hold. */
  async flush(): Promise<readonly Delivered[]> {
    return Promise.all([this.gateway, this.keyValue].map(async (service) => deliveredBy(service, await service.flush())));
  }

  /** Ends both, the caller before the called. */
  async end(): Promise<readonly Delivered[]> {
    const first = deliveredBy(this.gateway, await this.gateway.end());
    return [first, deliveredBy(this.keyValue, await this.keyValue.end())];
  }
}

function deliveredBy({ name }: ServiceProcess, flushed: Flushed): Delivered {
  return { service: name, ...flushed };
}
