/** Is a message of RFC 5424, taken apart. */
export interface Message {
  readonly facility: number;
  readonly severity: number;
  readonly time: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  readonly params: readonly (readonly [string, string])[];
  readonly sdId: string | undefined;
  readonly hasBom: boolean;
  readonly text: string;
}

const HEADER =
  /^<(\d{1,3})>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /;
const NAME = "[!#-<>-\\\\^-~]{1,32}";
const ELEMENT = new RegExp(`^\\[(${NAME})((?: ${NAME}="(?:[^"\\\\\\]]|\\\\["\\\\\\]])*")*)\\]`, "u");
const PARAM = new RegExp(` (${NAME})="((?:[^"\\\\\\]]|\\\\["\\\\\\]])*)"`, "gu");

/** Reads a message by the grammar of the standard, and throws at whatever is not in it. */
export function parse(bytes: Uint8Array): Message {
  const whole = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const head = HEADER.exec(whole);
  if (head === null) throw new Error(`no header: ${whole}`);
  const [all, priority = "", time = "", hostname = "", appName = "", procId = "", msgId = ""] = head;
  const code = Number(priority);
  if (code > 191 || priority !== String(code)) throw new Error(`no priority: ${priority}`);
  let rest = whole.slice(all.length);
  const element = ELEMENT.exec(rest);
  if (element === null && !rest.startsWith("-")) throw new Error(`no structured data: ${rest}`);
  rest = rest.slice(element?.[0].length ?? 1);
  if (rest !== "" && !rest.startsWith(" ")) throw new Error(`no space before the text: ${rest}`);
  const hasBom = rest.startsWith(" \ufeff");
  const text = rest.slice(hasBom ? 2 : 1);
  if (/\p{Cc}/u.test(text)) throw new Error(`controls in the text: ${JSON.stringify(text)}`);
  const params = [...(element?.[2] ?? "").matchAll(PARAM)].map(
    ([, name = "", value = ""]) => [name, value.replaceAll(/\\(["\\\]])/g, "$1")] as const,
  );
  return {
    facility: code >> 3,
    severity: code & 7,
    time,
    hostname,
    appName,
    procId,
    msgId,
    params,
    sdId: element?.[1],
    hasBom,
    text,
  };
}

/** Takes frames apart that count their octets, and throws at what is none; a frame that is not whole yet stays. */
export function unframe(bytes: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = /^[1-9]\d* /.exec(bytes.toString("latin1", at, at + 8))?.[0];
    if (count === undefined) throw new Error(`no count: ${bytes.toString("latin1", at, at + 40)}`);
    const end = at + count.length + Number(count);
    if (end > bytes.length) break;
    frames.push(bytes.subarray(at + count.length, end));
    at = end;
  }
  return frames;
}
