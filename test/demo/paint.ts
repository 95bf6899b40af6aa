import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours a text where stdout shows colours: a terminal, unless NO_COLOR says no, or where FORCE_COLOR says yes. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

const SERVICES: Style[] = ["cyan", "magenta", "blue"];
const seen: string[] = [];

/** Gives each service a colour of its own. */
export function paintService(service: string, text = service): string {
  if (!seen.includes(service)) seen.push(service);
  return paint(SERVICES[seen.indexOf(service) % SERVICES.length] ?? "white", text);
}

/** Colours by severity. */
export function paintLevel(level: string, text = level): string {
  if (/^(?:ERROR|FATAL)/.test(level)) return paint(["red", "bold"], text);
  if (level.startsWith("WARN")) return paint("yellow", text);
  return paint(level.startsWith("INFO") ? "green" : "dim", text);
}

/** Makes a text from outside safe to show: one line, and nothing that a terminal obeys. */
export function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (unit) =>
    unit === "\n" ? "⏎" : `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** Says how many columns there are: those of the terminal, within reason. */
export function columns(): number {
  return Math.min(Math.max(process.stdout.columns ?? 132, 90), 160);
}
