import { expected, show } from "../value/option.ts";

/** Configures the TLS of transport `tls`; the names are those of `node:tls`. */
export interface SecureOptions {
  /** Certificates to trust in place of the system's: PEM, or a file of it. */
  readonly ca?: string;
  /** The client's certificate, with its chain: PEM, or a file of it. It needs `key`. */
  readonly cert?: string;
  /** The client's key, not encrypted: PEM, or a file of it. It needs `cert`. */
  readonly key?: string;
  /** The name that the receiver's certificate must be for, also sent to it (SNI). Default: `host`. */
  readonly servername?: string;
  /** Whether the receiver's certificate must be valid; false also sends to whoever sits between. Default: true, unless `NODE_TLS_REJECT_UNAUTHORIZED` is 0. */
  readonly rejectUnauthorized?: boolean;
}

/** Are options of `tls.connect`, read and checked. */
export interface SecureSettings extends SecureOptions {
  readonly rejectUnauthorized: boolean;
}

const NAMES = ["ca", "cert", "key", "servername", "rejectUnauthorized"] as const;

/** Refuses options of TLS where there is none: who gives them expects that nobody reads along. @throws TypeError that names the option. */
export function refuseSecure(options: SecureOptions, transport: string): void {
  const name = NAMES.find((each) => options[each] !== undefined);
  if (name !== undefined) throw new TypeError(expected(name, 'transport "tls" beside it', transport));
}

/** Reads the options of TLS. @throws TypeError that names the option, its value and what was expected. */
export function readSecure(options: SecureOptions): SecureSettings {
  const { servername, rejectUnauthorized } = options;
  const [ca, cert, key] = [certificate("ca", options.ca), certificate("cert", options.cert), pem("key", options.key)];
  if (cert !== undefined && key === undefined) throw new TypeError("key: expected the key of cert, got undefined");
  if (cert === undefined && key !== undefined) throw new TypeError("cert: expected the certificate of key, got undefined");
  if (key !== undefined) {
    try {
      process.getBuiltinModule("node:tls").createSecureContext({ cert, key });
    } catch (error) {
      throw new TypeError(`key: expected the key of cert, got one that fails: ${String(error)}`, { cause: error });
    }
  }
  if (servername !== undefined && (typeof servername !== "string" || servername === ""))
    throw new TypeError(expected("servername", "text", servername));
  if (rejectUnauthorized !== undefined && typeof rejectUnauthorized !== "boolean")
    throw new TypeError(expected("rejectUnauthorized", "true or false", rejectUnauthorized));
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: rejectUnauthorized ?? rejectsByDefault(),
  };
}

/** Reads Node's own default: what sends at the end of the process has an environment of its own. In Deno a variable takes a permission. */
function rejectsByDefault(): boolean {
  try {
    return process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0";
  } catch {
    // It may not be read, and so cannot take the check away.
    return true;
  }
}

function certificate(option: string, value: string | undefined): string | undefined {
  const text = pem(option, value);
  if (text === undefined) return undefined;
  try {
    // The first of a chain or a list; Node passes over what it cannot read.
    return new (process.getBuiltinModule("node:crypto").X509Certificate)(text).raw.length > 0 ? text : undefined;
  } catch (error) {
    throw new TypeError(`${option}: expected a certificate, got one that fails: ${String(error)}`, { cause: error });
  }
}

function pem(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") {
    if (value.includes("-----BEGIN")) return value;
    const text = readText(value);
    if (text?.includes("-----BEGIN") === true) return text;
  }
  // It may be a key that lost its first line: what is longer than a path is not shown.
  const shown = typeof value === "string" && value.length > 200 ? `text of ${value.length} characters` : show(value);
  throw new TypeError(`${option}: expected PEM or a file of it, got ${shown}`);
}

function readText(file: string): string | undefined {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(file, "utf8");
  } catch {
    // There is no such file, or it may not be read; the caller says so.
    return undefined;
  }
}
