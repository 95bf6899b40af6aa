/** Whether this machine keeps the lowest byte of a number first: what a DataView writes in that order, a typed array may read. */
export const LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
