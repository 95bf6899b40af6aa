/* Contexts to log with, made once. */
import { contextWith } from "../../src/testing/context-with.ts";
import { signDebug } from "../../src/middleware/index.ts";

export const KEY = "0123456789abcdef";
export const context = contextWith({});
export const trace = contextWith({ span: true });
export const granted = contextWith({ span: true, baggage: { "correlog.debug": signDebug(KEY) } });
