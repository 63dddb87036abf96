/**
 * What Cloudflare charges on Workers Paid beyond the included amounts, in US dollars. This is the only place that knows
 * prices. Read on 2026-11-21 from stored copies of the pages named; the pages themselves are the authority.
 */
export type Price = { dollars: number; per: number; unit: string; source: string };

const DOCS = "https://developers.cloudflare.com";

export const PRICES_READ_ON = "2026-11-21";

export const prices = {
  requests: { dollars: 0.3, per: 1e6, unit: "Worker requests", source: `${DOCS}/workers/platform/pricing/` },
  cpuMs: { dollars: 0.02, per: 1e6, unit: "CPU milliseconds", source: `${DOCS}/workers/platform/pricing/` },
  queueOperations: {
    dollars: 0.4,
    per: 1e6,
    unit: "queue operations of 64 kB",
    source: `${DOCS}/queues/platform/pricing/`,
  },
  d1RowsRead: { dollars: 0.001, per: 1e6, unit: "D1 rows read", source: `${DOCS}/d1/platform/pricing/` },
  d1RowsWritten: { dollars: 1, per: 1e6, unit: "D1 rows written", source: `${DOCS}/d1/platform/pricing/` },
  r2ClassA: { dollars: 4.5, per: 1e6, unit: "R2 class A operations", source: `${DOCS}/r2/pricing/` },
  r2ClassB: { dollars: 0.36, per: 1e6, unit: "R2 class B operations", source: `${DOCS}/r2/pricing/` },
  objectRequests: {
    dollars: 0.15,
    per: 1e6,
    unit: "Durable Object requests",
    source: `${DOCS}/durable-objects/platform/pricing/`,
  },
  objectRowsRead: {
    dollars: 0.001,
    per: 1e6,
    unit: "Durable Object rows read",
    source: `${DOCS}/durable-objects/platform/pricing/`,
  },
  objectRowsWritten: {
    dollars: 1,
    per: 1e6,
    unit: "Durable Object rows written",
    source: `${DOCS}/durable-objects/platform/pricing/`,
  },
  objectGbSeconds: {
    dollars: 12.5,
    per: 1e6,
    unit: "Durable Object GB-seconds",
    source: `${DOCS}/durable-objects/platform/pricing/`,
  },
  r2GbMonths: { dollars: 0.015, per: 1, unit: "R2 GB-months", source: `${DOCS}/r2/pricing/` },
} as const satisfies Record<string, Price>;

/** An object is billed for 128 MB while it waits, whatever it uses. */
export const OBJECT_GB = 0.128;

export type Usage = Partial<Record<keyof typeof prices, number>>;

/** Dollars for a million calls that each use this much, by what is charged. */
export function dollarsPerMillion(usage: Usage): Partial<Record<keyof typeof prices, number>> {
  const entries = Object.entries(usage) as [keyof typeof prices, number][];
  return Object.fromEntries(
    entries.map(([name, amount]) => [name, (amount * 1e6 * prices[name].dollars) / prices[name].per]),
  );
}

/** Dollars for this use, beyond the included amounts. */
export function dollarsFor(usage: Usage): number {
  const entries = Object.entries(usage) as [keyof typeof prices, number][];
  return entries.reduce((sum, [name, amount]) => sum + (amount * prices[name].dollars) / prices[name].per, 0);
}
