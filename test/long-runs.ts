import { env } from "cloudflare:workers";

const factor = Number((env as { LONG?: string }).LONG ?? "1");

/** How often a property is tried: so often in CI, and as many times that as `npm run check:long` asks for. */
export function runsOf(usual: number): number {
  return usual * factor;
}

/** Seeds of random lives: the usual ones, and in a long check others behind them. */
export function seedsOf(usual: number): number[] {
  return Array.from({ length: runsOf(usual) }, (_, index) => index + 1);
}
