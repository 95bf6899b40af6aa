import { TRACE } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import { resolveLimits } from "../value/limits.ts";
import { atExit } from "../write/exit.ts";
import { functionLink, isPending, udpLink } from "./link.ts";
import { localLink, localSyncSend } from "./local-link.ts";
import { MessageEncoder } from "./message-encoder.ts";
import { Sender } from "./sender.ts";
import { readSettings } from "./settings.ts";
import { streamLink, tlsLink } from "./stream-link.ts";
import { workerSyncSend } from "./sync-send.ts";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { OpenLink } from "./link.ts";
import type { SyslogOptions, SyslogSettings } from "./settings.ts";
import type { SyncSend } from "./sync-send.ts";

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
  /** Flushes, rejects as it does, and closes. What is logged behind the call is dropped, counted and reported. */
  shutdown(): Promise<void>;
  /** Counts since the handler was made. */
  stats(): SyslogStats;
}

/**
 * Sends each record as a message of RFC 5424 over UDP (RFC 5426), TLS (RFC 5425), TCP or a local stream socket (octet counting, RFC 6587), or a local
 * datagram socket. It is encoded within the log call and waits in a queue that is bounded in bytes; a full one drops the newest, counted and reported.
 * A connection that fails, or takes nothing for 10 s, is opened again after 250 ms, later after up to 30 s, and what it had not taken is sent again.
 * What waits at an end of the process is sent then; a receiver that is away or has stopped reading holds the end up for 2 s, and what is lost then is
 * counted and reported. Syslog has no receipt: what lay in a connection that broke is lost, and over UDP whatever the network drops. A message that the
 * system takes no datagram of its size for is lost alone, counted and reported.
 *
 * Node has no datagrams of local sockets, which is what rsyslog and journald have at `/dev/log`: `transport: "unix-dgram"` takes the socket of a
 * package that has them.
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
  readonly #encoder: MessageEncoder;
  readonly #sender: Sender;
  readonly #flushTimeoutMs: number;
  readonly #forget: () => void;
  #ending: Promise<void> | undefined;

  constructor(settings: SyslogSettings, options: SyslogOptions) {
    const { level = TRACE } = options;
    this.threshold = level instanceof LevelVar ? level : new LevelVar(level);
    this.#encoder = new MessageEncoder({ ...settings.form, limits: resolveLimits(options.limits) });
    this.#flushTimeoutMs = settings.flushTimeoutMs;
    const { maxQueueBytes } = settings;
    const { open, sendSync } = waysOf(settings);
    this.#sender = new Sender({ open, sendSync, maxQueueBytes, exitTimeoutMs: EXIT_TIMEOUT_MS, random: Math.random });
    const sender = this.#sender;
    this.#forget = atExit({
      pending: () => sender.pending > 0,
      flush: async () => sender.flushAtEnd(),
      flushSync: () => sender.flushSync(),
      abandon: () => sender.abandon(),
    });
  }

  enabled(level: Level): boolean {
    return level >= this.threshold.level;
  }

  handle(record: LogRecord): void {
    if (this.#ending !== undefined) {
      this.#sender.outgoing.refuse(1, new Error("a record came after shutdown"));
      return;
    }
    const encoder = this.#encoder;
    encoder.encode(record);
    const { page, start, end } = encoder;
    if (!this.#sender.add(page, start, end)) encoder.takeBack(page, start, end);
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

const CONNECT_MS = 10_000;

interface Ways {
  readonly open: OpenLink;
  readonly sendSync: SyncSend;
}

function waysOf({ target, send }: SyslogSettings): Ways {
  const { transport, host, port, path, secure, socket } = target;
  if (send !== undefined) return { open: functionLink(send), sendSync: functionSyncSend(send) };
  if (socket !== undefined) return { open: localLink(path, socket), sendSync: localSyncSend(path, socket) };
  const remote = { host, port };
  if (secure !== undefined) {
    const sendSync = workerSyncSend({ transport: "tls", place: { ...remote, ...secure } });
    return { open: tlsLink(remote, secure, CONNECT_MS), sendSync };
  }
  if (transport === "udp") return { open: udpLink(host, port), sendSync: workerSyncSend({ transport, place: remote }) };
  const place = transport === "unix" ? { path } : remote;
  return { open: streamLink(place, CONNECT_MS), sendSync: workerSyncSend({ transport: "stream", place }) };
}

/** A function that sends within the call still can. What it returns settles no more: whether that was sent nobody learns. */
function functionSyncSend(send: (message: Uint8Array) => unknown): SyncSend {
  return (messages) => {
    let called = 0;
    let open = 0;
    try {
      for (const message of messages) {
        if (isUnanswered(send(message))) open++;
        called++;
      }
      return { sent: called - open, problem: open > 0 ? new Error("send had not answered") : undefined };
    } catch (error) {
      return { sent: called - open, problem: error instanceof Error ? error : new Error(String(error)) };
    }
  };
}

function isUnanswered(answer: unknown): boolean {
  if (!isPending(answer)) return false;
  // The end is only announced where a signal or a natural end was waited for in vain: a rejection would be one that nobody handles.
  void Promise.resolve(answer).catch(() => undefined);
  return true;
}
