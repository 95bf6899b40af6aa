/* Contexts to log with, made once. */
import { contextWith } from "../../src/testing/context-with.ts";

export const context = contextWith({});
export const trace = contextWith({ span: true });
