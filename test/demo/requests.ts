/** Is a span that a request must lead to. */
export interface ExpectedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: "SERVER" | "CLIENT" | "CONSUMER";
  readonly status: "UNSET" | "ERROR";
}

/** Is a record that a request must lead to. */
export interface ExpectedRecord {
  readonly service: string;
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly message: string;
  readonly eventName?: string;
  /** Names the attributes that must arrive as structures, not as their text. */
  readonly structures?: readonly string[];
}

export interface Expected {
  readonly spans: readonly ExpectedSpan[];
  readonly records: readonly ExpectedRecord[];
}

export interface DemoRequest extends Expected {
  readonly title: string;
  readonly tenant: string;
  readonly user: string;
  readonly body: string;
  readonly status: number;
  /** What a trace must hold that is linked to this one. */
  readonly linked?: Expected;
}

/** Is a tenant whose shard nobody serves. */
export const DOWN_TENANT = "globex";

const GOOD: DemoRequest = {
  title: "a good request",
  tenant: "acme",
  user: "u-42",
  body: '{"key":"xyz","value":"xyz"}',
  status: 201,
  spans: [
    { service: "gateway", name: "POST /", kind: "SERVER", status: "UNSET" },
    { service: "gateway", name: "POST", kind: "CLIENT", status: "UNSET" },
    { service: "kv-service", name: "POST /kv", kind: "SERVER", status: "UNSET" },
    { service: "kv-service", name: "INSERT kv", kind: "CLIENT", status: "UNSET" },
  ],
  records: [
    { service: "gateway", level: "INFO", message: "sending request", structures: ["request"] },
    { service: "kv-service", level: "INFO", message: "inserting data", structures: ["pair"] },
    { service: "kv-service", level: "INFO", message: "kv.stored", eventName: "kv.stored" },
    { service: "kv-service", level: "INFO", message: "data inserted", structures: ["pair"] },
    { service: "gateway", level: "INFO", message: "upstream answered" },
  ],
  linked: {
    spans: [
      { service: "kv-service", name: "job audit", kind: "CONSUMER", status: "UNSET" },
      { service: "kv-service", name: "INSERT audit", kind: "CLIENT", status: "UNSET" },
    ],
    records: [{ service: "kv-service", level: "INFO", message: "audit entry written" }],
  },
};

const BAD: DemoRequest = {
  title: "a bad request",
  tenant: "acme",
  user: "u-42",
  body: '{"key":"xyz"}',
  status: 400,
  spans: [
    { service: "gateway", name: "POST /", kind: "SERVER", status: "ERROR" },
    { service: "gateway", name: "POST", kind: "CLIENT", status: "ERROR" },
    { service: "kv-service", name: "POST /kv", kind: "SERVER", status: "ERROR" },
  ],
  records: [
    { service: "gateway", level: "INFO", message: "sending request", structures: ["request"] },
    { service: "kv-service", level: "ERROR", message: "request refused", structures: ["err"] },
    { service: "gateway", level: "WARN", message: "upstream refused", structures: ["answer"] },
  ],
};

const DOWN: DemoRequest = {
  title: "a request whose upstream is down",
  tenant: DOWN_TENANT,
  user: "u-7",
  body: '{"key":"xyz","value":"xyz"}',
  status: 502,
  spans: [
    { service: "gateway", name: "POST /", kind: "SERVER", status: "ERROR" },
    { service: "gateway", name: "POST", kind: "CLIENT", status: "ERROR" },
  ],
  records: [
    { service: "gateway", level: "INFO", message: "sending request", structures: ["request"] },
    { service: "gateway", level: "ERROR", message: "upstream is down", structures: ["err"] },
  ],
};

/** Are the requests that the demo sends, each with what it must lead to. */
export const REQUESTS: readonly DemoRequest[] = [GOOD, BAD, DOWN];
