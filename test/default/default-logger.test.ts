import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { run } from "../write/child.ts";
import type { Ended } from "../write/child.ts";

const IMPORTS = `import { jsonHandler, log, Logger, memoryHandler, setDefault, textHandler } from "correlog";`;

/** Gives the messages of JSON lines. */
function messages({ stdout }: Ended): readonly string[] {
  return [...stdout.matchAll(/"msg":"(\w+)"/g)].map(([, message = ""]) => message);
}

const ALL = `
  for (const [name, logger] of Object.entries({ root: log, db: log.named("db"), pool: log.named("db").named("pool"), http: log.named("http.server") })) {
    for (const level of ["trace", "debug", "info", "warn"]) logger[level](name + level);
  }`;

const LEVELS: readonly { name: string; level: string | undefined; want: string; stderr?: RegExp }[] = [
  {
    name: "info, without the variable",
    level: undefined,
    want: "rootinfo rootwarn dbinfo dbwarn poolinfo poolwarn httpinfo httpwarn",
  },
  { name: "info, with it empty", level: " ", want: "rootinfo rootwarn dbinfo dbwarn poolinfo poolwarn httpinfo httpwarn" },
  { name: "a level for all, in any case", level: "WARN", want: "rootwarn dbwarn poolwarn httpwarn" },
  { name: "a level between", level: "info+1", want: "rootwarn dbwarn poolwarn httpwarn" },
  { name: "nothing, when off", level: "off", want: "" },
  {
    name: "levels by name, those below included",
    level: "warn,db=debug,http.*=trace",
    want: "rootwarn dbdebug dbinfo dbwarn pooldebug poolinfo poolwarn httptrace httpdebug httpinfo httpwarn",
  },
  { name: "the longest name that fits", level: "off,db=debug,db.pool=warn", want: "dbdebug dbinfo dbwarn poolwarn" },
  {
    name: "info, and says so once, where the variable is no level",
    level: "loud",
    want: "rootinfo rootwarn dbinfo dbwarn poolinfo poolwarn httpinfo httpwarn",
    stderr: /^correlog: LOG_LEVEL: RangeError: LOG_LEVEL: expected a level name .*, got "loud"\n$/,
  },
];

describe.concurrent("the default logger's LOG_LEVEL", () => {
  for (const { name, level, want, stderr = /^$/ } of LEVELS) {
    test(`lets pass ${name}`, async () => {
      const ended = await run(IMPORTS + ALL, { env: level === undefined ? {} : { LOG_LEVEL: level } });
      expect(messages(ended).join(" ")).toBe(want);
      expect(ended.stderr).toMatch(stderr);
      expect(ended.code).toBe(0);
    });
  }
});

const FORMATS: readonly { name: string; format: string | undefined; want: RegExp; stderr?: RegExp }[] = [
  {
    name: "JSON in a file, without the variable",
    format: undefined,
    want: /^\{"time":"[^"]+","level":"INFO","msg":"paid","id":1\}\n$/,
  },
  { name: "json", format: "json", want: /^\{"time":/ },
  { name: "text, in any case", format: " Text ", want: /^time=\S+ level=INFO msg=paid id=1\n$/ },
  { name: "pretty, without colour in a file", format: "pretty", want: /^[\d:.]+ INFO +paid +id=1\n$/ },
  {
    name: "JSON, and says so once, where the variable is no format",
    format: "xml",
    want: /^\{"time":/,
    stderr: /^correlog: LOG_FORMAT: expected json, text or pretty, got "xml"\n$/,
  },
];

describe.concurrent("the default logger's LOG_FORMAT", () => {
  for (const { name, format, want, stderr = /^$/ } of FORMATS) {
    test(`gives ${name}`, async () => {
      const ended = await run(`${IMPORTS} log.info("paid", { id: 1 });`, {
        env: format === undefined ? {} : { LOG_FORMAT: format },
      });
      expect(ended.stdout).toMatch(want);
      expect(ended.stderr).toMatch(stderr);
    });
  }

  const PTY = `python3 -c 'import pty,sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' $RUN`;
  const TERMINALS: readonly { name: string; env: Readonly<Record<string, string>>; want: RegExp }[] = [
    { name: "pretty and coloured on a terminal", env: {}, want: /^\u001b\[[\d;]*m?.*INFO.*paid.*1/ },
    {
      name: "pretty without colour on a terminal, with NO_COLOR",
      env: { NO_COLOR: "1" },
      want: /^[\d:.]+ INFO +paid +id=1\r\n$/,
    },
    { name: "JSON on a terminal, when told", env: { LOG_FORMAT: "json" }, want: /^\{"time":/ },
  ];
  for (const { name, env, want } of TERMINALS) {
    test.skipIf(!hasPython())(`gives ${name}`, async () => {
      const ended = await run(`${IMPORTS} log.info("paid", { id: 1 });`, { shell: PTY, env: { TERM: "xterm", ...env } });
      expect(ended.stdout).toMatch(want);
    });
  }
});

function hasPython(): boolean {
  try {
    return execFileSync("python3", ["-c", "import pty"]).length === 0;
  } catch {
    // Not installed; the tests of terminals are skipped.
    return false;
  }
}

const SAYS = `const says = (...values) => console.log(JSON.stringify(values));`;

const FOLLOWING: readonly { name: string; use: string; want: unknown }[] = [
  {
    name: "named and bound before follow a later one, its name and what it bound included",
    use: `
      const db = log.named("db").with({ a: 1 });
      const memory = memoryHandler();
      setDefault(new Logger(memory, { name: "app" }).with({ app: "shop" }));
      db.info("paid", { b: 2 });
      says(memory.records.map(({ logger, attrs }) => [logger, attrs]));`,
    want: [[["app.db", { app: "shop", a: 1, b: 2 }]]],
  },
  {
    name: "follow its levels, by name, and as they move",
    use: `
      const { LevelVar, LevelRules } = await import("correlog");
      const db = log.named("db");
      const memory = memoryHandler();
      const levels = new LevelRules("warn,db=debug");
      setDefault(new Logger(memory, { level: levels }));
      const passed = () => [log.enabled("info"), db.enabled("debug"), db.enabled("trace")];
      const before = passed();
      log.info("hidden"); db.debug("one");
      levels.set("trace");
      log.info("two"); db.trace("three");
      says(before, passed(), memory.records.map(({ message }) => message));`,
    want: [
      [false, true, false],
      [true, true, true],
      ["one", "two", "three"],
    ],
  },
  {
    name: "do not let the first call of all through when its level is too low",
    use: `
      log.debug("hidden"); log.named("db").trace("hidden"); log.log("debug", "hidden");
      says(log.enabled("debug"), log.enabled("info"));`,
    want: [false, true],
  },
  {
    name: "refuse a default that is made from log, which would write to itself",
    use: `
      const said = [log.named("db"), log.with({ a: 1 }), {}, undefined].map((logger) => {
        try { setDefault(logger); return "taken"; } catch (error) { return error.name + ": " + error.message.slice(0, 33); }
      });
      setDefault(log);
      says(said);`,
    want: [
      [
        "TypeError: setDefault: expected a logger of ",
        "TypeError: setDefault: expected a logger of ",
        "TypeError: setDefault: expected a Logger, go",
        "TypeError: setDefault: expected a Logger, go",
      ],
    ],
  },
  {
    name: "flush what they follow, and nothing before the first call",
    use: `
      await log.flush(); await log.shutdown();
      const memory = memoryHandler();
      let flushes = 0;
      setDefault(new Logger({ ...memory, flush: async () => void flushes++ }));
      await log.named("db").flush();
      says(flushes);`,
    want: [1],
  },
];

describe.concurrent("the default logger", () => {
  for (const { name, use, want } of FOLLOWING) {
    test(`and those made from it ${name}`, async () => {
      const ended = await run(`${IMPORTS} ${SAYS} ${use}`);
      expect(ended.stderr).toBe("");
      expect(JSON.parse(ended.stdout)).toEqual(want);
    });
  }

  test("with a handler that writes to log again is heard three times a record, and says so", async () => {
    const ended = await run(`
      import { fanout, log, Logger, memoryHandler, setDefault } from "correlog";
      const memory = memoryHandler();
      setDefault(new Logger(fanout(log, memory)));
      log.info("one");
      console.log(memory.records.map(({ message }) => message).join());`);
    expect(ended.stdout).toBe("one,one,one\n");
    expect(ended.stderr).toMatch(/^correlog: logger: the default logger writes to log, and so to itself: .*\n$/);
  });

  test("holds nothing of the loggers that were made from it, however many there were", async () => {
    const ended = await run(`${IMPORTS} ${SAYS}
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc");
      // What a WeakRef was asked for lives until the turn ends.
      const endOfTurn = () => new Promise(setImmediate);
      const heap = async () => { for (let i = 0; i < 3; i++) { await endOfTurn(); collect(); } return process.memoryUsage().heapUsed; };
      const logger = new Logger(jsonHandler());
      const before = await heap();
      for (let i = 0; i < 100_000; i++) {
        log.named("n" + i).debug("hidden");
        logger.named("same").debug("hidden");
        if (i % 5000 === 0) { await endOfTurn(); collect(); }
      }
      says((await heap()) - before < 5e6);`);
    expect(JSON.parse(ended.stdout)).toEqual([true]);
  });
});
