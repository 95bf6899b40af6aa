/** The digits of 00 to 99: a division for two of them. */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[i * 2] = 48 + ((i / 10) | 0);
  PAIRS[i * 2 + 1] = 48 + (i % 10);
}
/** Says that a number has other digits than those that are written by hand. No position is negative. */
export const NOT_SHORT = -1;

/** Writes the digits of a 32-bit integer. */
export function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    bytes[at++] = 45;
    value = -value;
  }
  const end = at + digits(value);
  let i = end;
  while (value > 99) {
    const rest = (value / 100) | 0;
    const pair = (value - rest * 100) * 2;
    bytes[--i] = PAIRS[pair + 1] as number;
    bytes[--i] = PAIRS[pair] as number;
    value = rest;
  }
  if (value > 9) bytes[--i] = PAIRS[value * 2 + 1] as number;
  bytes[--i] = value > 9 ? (PAIRS[value * 2] as number) : 48 + value;
  return end;
}

/** Writes a double that has at most three decimals by hand, with the digits that Number#toString gives: durations mostly do. */
export function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  const thousandths = Math.round(value * 1000);
  if (thousandths / 1000 !== value || thousandths === 0) return NOT_SHORT;
  if (thousandths < 0) bytes[at++] = 45;
  const size = Math.abs(thousandths);
  // Where it is one, the division of a 32-bit integer is a multiplication.
  const whole = size <= 0x7fff_ffff ? ((size | 0) / 1000) | 0 : Math.floor(size / 1000);
  const fraction = (size - whole * 1000) | 0;
  at = writeInteger(bytes, at, whole);
  if (fraction === 0) return at;
  const hundreds = (fraction / 100) | 0;
  const rest = fraction - hundreds * 100;
  bytes[at] = 46;
  bytes[at + 1] = 48 + hundreds;
  bytes[at + 2] = PAIRS[rest * 2] as number;
  bytes[at + 3] = PAIRS[rest * 2 + 1] as number;
  if (rest === 0) return at + 2;
  return bytes[at + 3] === 48 ? at + 3 : at + 4;
}

function digits(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 10_000) return value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}
