/** Parts of a wall clock, in two digits each. */
export type WallClock = Record<"yyyy" | "MM" | "dd" | "HH" | "mm" | "ss", string>;
/** `at` in milliseconds since the epoch; `timeZone` as in `America/Argentina/Buenos_Aires`. */
export function clockOf(at: number, timeZone: string): WallClock;
export function filled(template: string, values: Readonly<Record<string, string>>): string;
