import { facilityCode, syslogSeverity } from "./severity.ts";
import { readSecure, refuseSecure } from "./secure.ts";
import { headerField, leastBytes } from "./syslog-message.ts";
import { aFunction, expected, knownOptions, show } from "../value/option.ts";
import type { LevelInput, Level } from "../level/level.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { Limits } from "../value/limits.ts";
import type { LocalSocket } from "./local-socket.ts";
import type { SecureOptions, SecureSettings } from "./secure.ts";
import type { SyslogFacility } from "./severity.ts";
import type { SyslogForm } from "./syslog-message.ts";

const TRANSPORTS = ["udp", "tcp", "tls", "unix", "unix-dgram"] as const;
type SyslogTransport = (typeof TRANSPORTS)[number];

/** Configures {@link syslogHandler}. */
export interface SyslogOptions extends SecureOptions {
  /** The lowest level to send. Default: all that the logger lets through. */
  readonly level?: LevelInput | LevelVar;
  /** How messages travel. `unix` is a local stream socket, `unix-dgram` a local datagram socket, as at most machines' `/dev/log`. Default: `udp`. */
  readonly transport?: SyslogTransport;
  /** The receiver's name or address. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The receiver's port, 1 to 65535. Default: 514, for `tls` 6514. */
  readonly port?: number;
  /** The path of the local socket for `unix` and `unix-dgram`. Default: `/dev/log`. */
  readonly path?: string;
  /** Opens a datagram socket for `unix-dgram`, which Node has not: `() => new DgramSocket()` of the package `node-unix-socket`. It is tried at set-up. */
  readonly socket?: () => LocalSocket;
  /**
   * Sends one message, in place of a transport. It may return a promise; what it throws or rejects with is tried again. At `process.exit()` it is called
   * once more for all that waits, and what it answers with a promise then counts as dropped. A message is not written again, but lies in a page of 64 KiB
   * or more: who keeps one for long keeps a copy.
   */
  readonly send?: (message: Uint8Array) => unknown;
  /** Default: `user`. */
  readonly facility?: SyslogFacility;
  /** Gives a level's severity, 0 to 7, always the same for a level. Default: the table of the OpenTelemetry data model, in which `FATAL` is 0: many daemons write that to every terminal. */
  readonly severity?: (level: Level) => number;
  /** Names the program, at most 48 characters of printable ASCII. Default: the name of the file that was started. */
  readonly appName?: string;
  /** Names the machine, at most 255 characters. Default: what the system says. */
  readonly hostname?: string;
  /** Names the process, at most 128 characters. Default: its id. */
  readonly procId?: string;
  /** Names the element that holds the attributes, `name@enterpriseNumber`. Default `attrs@32473`, whose number is the one that is free for examples. */
  readonly sdId?: string;
  /** Whether text that is not ASCII begins with the mark that the standard asks for; some receivers show it. Default: true. */
  readonly bom?: boolean;
  /**
   * Bytes of one message, 480 to 65,507; what is longer is cut, and says so. Long names ask for more, so that they and the ids of the span have room.
   * Default: 2048 for UDP, else 8192: what receivers take without being told.
   */
  readonly maxMessageBytes?: number;
  /** Bytes that wait while the receiver is away. Default 8 MiB. */
  readonly maxQueueBytes?: number;
  /** How long `flush()` and `shutdown()` wait, in milliseconds. Default 5000. */
  readonly flushTimeoutMs?: number;
  /** Bounds of one record. */
  readonly limits?: Partial<Limits>;
}

/** Says where messages go and how; each transport takes of it what it needs. */
interface SyslogTarget extends Required<Pick<SyslogOptions, "transport" | "host" | "port" | "path">> {
  readonly secure: SecureSettings | undefined;
  readonly socket: SyslogOptions["socket"];
}

/** Are options with their defaults, checked. */
export interface SyslogSettings {
  readonly form: Omit<SyslogForm, "limits">;
  readonly target: SyslogTarget;
  readonly send: SyslogOptions["send"];
  readonly maxQueueBytes: number;
  readonly flushTimeoutMs: number;
}

const OPTIONS: readonly (keyof SyslogOptions)[] = [
  "level",
  "transport",
  "host",
  "port",
  "path",
  "socket",
  "send",
  "facility",
  "severity",
  "appName",
  "hostname",
  "procId",
  "sdId",
  "bom",
  "maxMessageBytes",
  "maxQueueBytes",
  "flushTimeoutMs",
  "limits",
  "ca",
  "cert",
  "key",
  "servername",
  "rejectUnauthorized",
];

/** Checks the options. @throws RangeError or TypeError that names the option, its value and what was expected. */
export function readSettings(options: SyslogOptions): SyslogSettings {
  if (globalThis.process?.getBuiltinModule === undefined)
    throw new Error("syslogHandler: expected Node, Bun or Deno, where there are sockets");
  knownOptions("syslogHandler", options, OPTIONS);
  const { send, severity = syslogSeverity, bom = true } = options;
  if (send !== undefined) aFunction("send", send);
  aFunction("severity", severity);
  if (typeof bom !== "boolean") throw new TypeError(expected("bom", "true or false", bom));
  const target = readTarget(options);
  const sdId = options.sdId ?? "attrs@32473";
  if (typeof sdId !== "string" || !/^(?=.{3,32}$)[^\s=\]"@]+@\d+$/.test(sdId) || /[^!-~]/.test(sdId)) {
    throw new RangeError(expected("sdId", "name@enterpriseNumber of at most 32 characters", sdId));
  }
  const form = {
    facility: facilityCode(options.facility ?? "user"),
    severity: (level: Level) => Math.min(Math.max(Math.trunc(severity(level)), 0), 7) || 0,
    hostname: headerField(text("hostname", options.hostname ?? process.getBuiltinModule("node:os").hostname()), 255),
    appName: headerField(text("appName", options.appName ?? programName()), 48),
    procId: headerField(text("procId", options.procId ?? String(process.pid)), 128),
    sdId,
    bom,
    maxBytes: whole("maxMessageBytes", options.maxMessageBytes ?? (target.transport === "udp" ? 2048 : 8192), 480, 65_507),
  };
  const least = leastBytes(form);
  if (form.maxBytes < least) {
    const names = "a hostname, appName, procId and sdId of this length";
    throw new RangeError(`maxMessageBytes: expected at least ${least}, for ${names}, got ${form.maxBytes}`);
  }
  const maxQueueBytes = whole("maxQueueBytes", options.maxQueueBytes ?? 8_388_608, 65_507, Number.MAX_SAFE_INTEGER);
  return {
    form,
    target,
    send,
    maxQueueBytes,
    flushTimeoutMs: whole("flushTimeoutMs", options.flushTimeoutMs ?? 5000, 1, 2 ** 31 - 1),
  };
}

function readTarget(options: SyslogOptions): SyslogTarget {
  const { transport = "udp", host = "127.0.0.1", path = "/dev/log", socket } = options;
  if (!TRANSPORTS.includes(transport)) throw new RangeError(expected("transport", TRANSPORTS.join(", "), transport));
  const isTls = transport === "tls";
  if (!isTls) refuseSecure(options, transport);
  const isLocal = transport === "unix-dgram";
  if (isLocal ? typeof socket !== "function" : socket !== undefined) {
    const want = isLocal ? "a function that opens a datagram socket, which Node has not" : 'transport "unix-dgram" beside it';
    throw new TypeError(`socket: expected ${want}, got ${show(isLocal ? socket : transport)}`);
  }
  if (socket !== undefined) checkSocket(socket);
  return {
    transport,
    host: text("host", host),
    port: whole("port", options.port ?? (isTls ? 6514 : 514), 1, 65_535),
    path: text("path", path),
    secure: isTls ? readSecure(options) : undefined,
    socket,
  };
}

/** Opens one and closes it: a package that cannot be loaded here, or gives something else, is found now. */
function checkSocket(open: () => LocalSocket): void {
  let given: unknown;
  try {
    given = open();
    const { sendTo, sendto, close } = given as Record<string, unknown>;
    if ([sendTo, sendto].some((send) => typeof send === "function") && typeof close === "function") {
      (given as LocalSocket).close();
      return;
    }
  } catch (error) {
    throw new TypeError(`socket: expected a function that opens a datagram socket, got one that throws: ${String(error)}`, {
      cause: error,
    });
  }
  throw new TypeError(
    `socket: expected a function that opens a socket with sendTo or sendto, and close, got one of ${typeof given}`,
  );
}

function programName(): string {
  return (process.argv[1] ?? process.title).split(/[/\\]/).at(-1) ?? "";
}

function text(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(expected(option, "text", value));
}

function whole(option: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(expected(option, `a whole number from ${least} to ${most}`, value));
}
