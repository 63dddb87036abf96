import type { Findings } from "./report.ts";
import { quietnessOf } from "./quietness.ts";
import type { Cell, Table } from "./table.ts";

type Aim = {
  aim: string;
  measured: number[];
  holds(value: number): boolean;
  /** How far the repetitions of what it is held against are apart; a count has none. */
  spread?: number;
};

/** The aims, each with what a run measured of it. A part that was not measured has none. */
export function aimsTable(findings: Findings): Table {
  const aims = [
    ...ingestAims(findings),
    ...deliveryAims(findings),
    ...costAims(findings),
    ...analysisAims(findings),
    ...connectorAims(findings),
  ];
  return {
    name: "aims",
    title: "Aims",
    head: ["aim", "measured", "met", "machine"],
    rows: aims.map(({ aim, measured, holds, spread }): Cell[] => {
      const met = measured.map((value) => holds(value));
      const verdict = met.every(Boolean) ? "yes" : met.some(Boolean) ? "in part" : "no";
      return [aim, measured.map((value) => value.toFixed(value >= 20 ? 0 : 2)).join(", "), verdict, machineAt(spread)];
    }),
  };
}

function machineAt(spread: number | undefined): string {
  return spread === undefined ? "counted" : quietnessOf([spread]);
}

function ingestAims({ ingest }: Findings): Aim[] {
  if (!ingest) return [];
  const share = (name: "Audian (HMAC)" | "Anura (API key)") => ingest.floor.cpuMs / ingest[name].cpuMs;
  return [
    {
      aim: "ingest by CPU at least 0.85 of its floor (signed, API key)",
      measured: [share("Audian (HMAC)"), share("Anura (API key)")],
      holds: atLeast(0.85),
      spread: ingest.floor.spread.cpuMs,
    },
  ];
}

function deliveryAims({ delivery, outbound }: Findings): Aim[] {
  const aims: Aim[] = [];
  for (const { endpoints, figures } of delivery ?? []) {
    const [stage, whole, latency] = AIMS_BY_ENDPOINTS[endpoints] ?? [];
    if (stage === undefined || whole === undefined || latency === undefined) continue;
    const { ours, "durable each": floor } = figures;
    const to = `to ${endpoints} endpoint${endpoints === 1 ? "" : "s"}`;
    aims.push(
      {
        aim: `delivery stage ${to} at least ${stage} of the durable floor's rate`,
        measured: [ours.stagePerSecond / floor.stagePerSecond],
        holds: atLeast(stage),
        spread: floor.spread.stagePerSecond,
      },
      {
        aim: `from the POST on, ${to}, at least ${whole} of the durable floor's rate`,
        measured: [ours.wholePerSecond / floor.wholePerSecond],
        holds: atLeast(whole),
        spread: floor.spread.wholePerSecond,
      },
      {
        aim: `p50 from 2xx to receiver ${to} at most ${latency} × the durable floor's`,
        measured: [ours.latencies.p50 / floor.latencies.p50],
        holds: atMost(latency),
        spread: floor.spread.p50,
      },
    );
  }
  if (!outbound) return aims;
  const { healthy, failing } = outbound.failing;
  return [
    ...aims,
    {
      aim: "one of ten fails: the others' p90 at most 1.1 ×",
      measured: [failing.latencies.p90 / healthy.latencies.p90],
      holds: atMost(1.1),
      spread: healthy.spread.p50,
    },
    {
      aim: "one of ten fails: the others' p99 at most 1.2 ×",
      measured: [failing.latencies.p99 / healthy.latencies.p99],
      holds: atMost(1.2),
      spread: healthy.spread.p50,
    },
    {
      aim: "rows written in the object per successful delivery at most 3, and the alarm's and the day's share",
      measured: [outbound.rows.insert + outbound.rows.outcome + outbound.rows.expiry],
      holds: atMost(3),
    },
  ];
}

/** By number of endpoints: the stage, the whole way, and p50. */
const AIMS_BY_ENDPOINTS: Record<number, [number, number, number]> = { 1: [1.2, 0.8, 4], 10: [1.2, 0.9, 2] };

function costAims({ operations, bills }: Findings): Aim[] {
  if (!operations) return [];
  const { alone, together } = operations;
  const aims: Aim[] = [
    {
      aim: "D1 statements per call, calls together, at most 12",
      measured: [together.perCall.d1Queries],
      holds: atMost(12),
    },
    {
      aim: "rows written in D1 per call at most 28 (alone, together)",
      measured: [alone.perCall.d1RowsWritten, together.perCall.d1RowsWritten],
      holds: atMost(28),
    },
  ];
  if (!bills) return aims;
  const { alone: one, together: many } = bills;
  const dollars = [one.running, many.running];
  return [
    ...aims,
    { aim: "dollars per million calls at most 50 (alone, together)", measured: dollars, holds: atMost(50) },
  ];
}

function analysisAims({ analysis }: Findings): Aim[] {
  if (!analysis) return [];
  const { cpuMsPerMinute, heapAndBuffersMegabytes, lengths, coded, spread } = analysis;
  const peaks = lengths.map((one) => one.heapAndBuffersMegabytes);
  return [
    {
      aim: "analysis at least 400 × real time a core",
      measured: [60_000 / cpuMsPerMinute],
      holds: atLeast(400),
      spread,
    },
    {
      aim: `analysis at least 250 × real time a core: ${Object.keys(coded).join("; ")}`,
      measured: Object.values(coded),
      holds: atLeast(250),
      spread,
    },
    { aim: "analysis under 64 MB over the idle isolate", measured: [heapAndBuffersMegabytes], holds: atMost(64) },
    {
      aim: `analysis: peak of ${lengths.map(({ minutes }) => minutes).join(" and ")} minutes, MB apart, at most 8`,
      measured: [Math.max(...peaks) - Math.min(...peaks)],
      holds: atMost(8),
    },
  ];
}

function connectorAims({ connectors }: Findings): Aim[] {
  if (!connectors) return [];
  const { large, many, idle } = connectors;
  return [
    {
      aim: `a connector's file of ${large.gigabytes} GB under 32 MB over the idle isolate`,
      measured: [large.heapAndBuffersMegabytes],
      holds: atMost(32),
    },
    { aim: "share of the files of a first sync that came in", measured: [many.calls / many.files], holds: atLeast(1) },
    {
      aim: "D1 rows a connector's file beyond its call's own at most 3",
      measured: [many.rowsOfFile],
      holds: atMost(3),
    },
    {
      aim: "an idle look asks once and writes one row at most (asked, written)",
      measured: [Object.values(idle.asked).reduce((sum, one) => sum + one, 0), idle.rowsWritten],
      holds: atMost(1),
    },
  ];
}

function atLeast(limit: number): (value: number) => boolean {
  return (value) => value >= limit;
}

function atMost(limit: number): (value: number) => boolean {
  return (value) => value <= limit;
}
