import { TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { resolveLimits } from "../value/limits.ts";
import { atExit } from "../write/exit.ts";
import { functionLink, streamLink, udpLink } from "./link.ts";
import { Sender } from "./sender.ts";
import { readSettings } from "./settings.ts";
import { sendFromChild } from "./sync-send.ts";
import { syslogMessage } from "./syslog-message.ts";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { OpenLink } from "./link.ts";
import type { SyslogOptions, SyslogSettings } from "./settings.ts";
import type { SyslogForm } from "./syslog-message.ts";

/** Counts messages since the handler began. */
export interface SyslogStats {
  /** Passed on to the system; syslog has no receipt that would say more. */
  readonly sent: number;
  /** Given up: the queue was full, or the process or the handler ended first. */
  readonly dropped: number;
  /** Waiting or under way. */
  readonly queued: number;
  /** How often the link was opened again after it failed. */
  readonly reconnects: number;
}

/** Sends records to a syslog receiver. */
export interface SyslogHandler extends Handler {
  /** Rejects when messages were dropped since the last flush, or do not go within `flushTimeoutMs`. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  stats(): SyslogStats;
}

/**
 * Sends each record as a message of RFC 5424 over UDP (RFC 5426), TCP or a local stream socket (octet counting, RFC 6587). It is encoded within the
 * log call and waits in a queue that is bounded in bytes; a full one drops the newest, counted and reported. A connection that fails is opened again
 * after 250 ms, later after up to 30 s, and what it had not taken is sent again. What waits at an end of the process is sent then; a receiver that
 * is away holds the end up for 2 s. Syslog has no receipt: what lay in a connection that broke is lost, and over UDP whatever the network drops.
 *
 * Node has no datagrams of local sockets, which is what rsyslog and journald have at `/dev/log`: send to their UDP or TCP port, or pass `send` of a
 * library that has them.
 *
 * @throws RangeError or TypeError that names a bad option, its value and what was expected.
 *
 * @example
 * ```ts
 * const handler = syslogHandler({ transport: "tcp", host: "logs.example.com", port: 601, facility: "local0", appName: "shop" });
 * ```
 */
export function syslogHandler(options: SyslogOptions = {}): SyslogHandler {
  return new SendingHandler(readSettings(options), options);
}

class SendingHandler implements SyslogHandler {
  readonly threshold: LevelVar;
  readonly #form: SyslogForm;
  readonly #sender: Sender;
  readonly #flushTimeoutMs: number;
  readonly #forget: () => void;
  #ending: Promise<void> | undefined;

  constructor(settings: SyslogSettings, options: SyslogOptions) {
    const { level = TRACE } = options;
    this.threshold = level instanceof LevelVar ? level : new LevelVar(level);
    this.#form = { ...settings.form, limits: resolveLimits(options.limits) };
    this.#flushTimeoutMs = settings.flushTimeoutMs;
    const { maxQueueBytes } = settings;
    this.#sender = new Sender({ open: openOf(settings), maxQueueBytes, sendSync: sendSyncOf(settings), random: Math.random });
    const sender = this.#sender;
    this.#forget = atExit({
      pending: () => sender.pending > 0,
      flush: async () => sender.flush(EXIT_TIMEOUT_MS),
      flushSync: () => sender.flushSync(),
    });
  }

  enabled(level: Level): boolean {
    return level >= this.threshold.level;
  }

  handle(record: LogRecord): void {
    if (this.#ending === undefined) this.#sender.add(syslogMessage(record, this.#form));
    else this.#sender.outgoing.drop(1, new Error("a record came after shutdown"));
  }

  async flush(): Promise<void> {
    if (this.#ending === undefined) await this.#sender.flush(this.#flushTimeoutMs);
  }

  async shutdown(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  stats(): SyslogStats {
    const { outgoing, pending, reconnects } = this.#sender;
    return { sent: outgoing.sent, dropped: outgoing.dropped, queued: pending, reconnects };
  }

  async #end(): Promise<void> {
    try {
      await this.#sender.flush(this.#flushTimeoutMs);
    } finally {
      this.#forget();
      this.#sender.stop();
    }
  }
}

/** How long the end of the process is held up. */
const EXIT_TIMEOUT_MS = 2000;

function openOf({ target, send }: SyslogSettings): OpenLink {
  if (send !== undefined) return functionLink(send);
  if (target.transport === "udp") return udpLink(target.host, target.port);
  return streamLink(target.transport === "unix" ? { path: target.path } : { host: target.host, port: target.port }, CONNECT_MS);
}

const CONNECT_MS = 10_000;

function sendSyncOf({ target, send }: SyslogSettings): (messages: readonly Uint8Array[]) => boolean {
  return (messages) => {
    if (send === undefined) {
      const { transport, host, port, path } = target;
      const place = transport === "unix" ? { path } : { host, port };
      return sendFromChild({ ...place, udp: transport === "udp" }, messages, EXIT_TIMEOUT_MS);
    }
    // A function that sends within the call still can.
    for (const message of messages) send(message);
    return true;
  };
}
