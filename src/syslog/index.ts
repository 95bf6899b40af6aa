export type { LocalSocket } from "./local-socket.ts";
export type { SyslogOptions } from "./settings.ts";
export type { SyslogFacility } from "./severity.ts";
export { syslogHandler } from "./syslog-handler.ts";
export type { SyslogHandler, SyslogStats } from "./syslog-handler.ts";
