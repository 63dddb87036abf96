import { aimsTable } from "./aims.ts";
import type { AnalysisFigures } from "./analysis.ts";
import type { Bill } from "./cost.ts";
import { connectorTables, type ConnectorFigures } from "./connectors.ts";
import { DELIVERY_SUBJECTS, type DeliveryFigures, type DeliverySubject } from "./delivery.ts";
import type { IngestFigures, IngestName } from "./ingest.ts";
import type { OperationsFigures } from "./operations.ts";
import { outboundTables, type OutboundFigures } from "./outbound.ts";
import { prices } from "../../src/usage/prices.ts";
import { pagesTable, type PageFigures } from "./pages.ts";
import { blank, quietnessOf, spreadRow } from "./quietness.ts";
import { requestsTable, type RequestFigures } from "./requests.ts";
import type { SchemeFigures } from "./schemes.ts";
import { searchTable, type SearchFigures } from "./search.ts";
import { percent, ratio, type Cell, type Table } from "./table.ts";

/** Everything a run measured; a part that was not requested is absent. */
export type Findings = {
  machine: Record<string, string | number>;
  ingest?: Record<IngestName, IngestFigures>;
  schemes?: SchemeFigures;
  delivery?: { endpoints: number; figures: Record<DeliverySubject, DeliveryFigures> }[];
  outbound?: OutboundFigures;
  analysis?: AnalysisFigures;
  operations?: OperationsFigures;
  connectors?: ConnectorFigures;
  requests?: RequestFigures;
  search?: SearchFigures;
  pages?: PageFigures;
  bills?: { alone: Bill; together: Bill };
};

/** The findings as tables, for a terminal and for the performance page. */
export function tablesOf(findings: Findings): Table[] {
  const {
    machine,
    ingest,
    schemes,
    delivery,
    outbound,
    analysis,
    operations,
    connectors,
    requests,
    search,
    pages,
    bills,
  } = findings;
  return [
    { name: "machine", title: "Machine", head: [], rows: Object.entries(machine) },
    aimsTable(findings),
    ...(ingest ? [ingestTable("ingest", "Ingest, queues without consumers", ingest)] : []),
    ...(schemes ? [ingestTable("schemes", "Ingest by the way senders prove themselves", schemes)] : []),
    ...(delivery ? deliveryTables(delivery) : []),
    ...(outbound ? outboundTables(outbound) : []),
    ...(analysis ? [analysisTable(analysis)] : []),
    ...(operations ? operationsTables(operations) : []),
    ...(connectors ? connectorTables(connectors) : []),
    ...(requests ? [requestsTable(requests)] : []),
    ...(search ? [searchTable(search)] : []),
    ...(pages ? [pagesTable(pages)] : []),
    ...(bills ? [billsTable(bills)] : []),
  ];
}

function ingestTable(name: string, title: string, ingest: Record<string, IngestFigures>): Table {
  const floor = ingest["floor"]!;
  const { perSecond, p50, p99, cpuMs } = floor.spread;
  return {
    name,
    title,
    head: ["", "requests/s", "of floor", "p50 ms", "p99 ms", "CPU ms", "floor's CPU of it", "generator busy"],
    rows: [
      ...Object.entries(ingest).map(([label, figures]): Cell[] => [
        label,
        figures.perSecond,
        ratio(figures.perSecond, floor.perSecond),
        figures.p50,
        figures.p99,
        figures.cpuMs,
        ratio(floor.cpuMs, figures.cpuMs),
        percent(figures.loadCpuShare),
      ]),
      spreadRow("the floor", [perSecond, ...blank(1), p50, p99, cpuMs, ...blank(2)]),
    ],
  };
}

/** What deliveries are held against: the least that keeps what it was given. */
const YARDSTICK = "durable each";

function deliveryTables(delivery: NonNullable<Findings["delivery"]>): Table[] {
  const each = (rowsOf: (figures: DeliveryFigures, floor: DeliveryFigures) => Cell[], spread: SpreadOf): Cell[][] =>
    delivery.flatMap(({ endpoints, figures }) => {
      const to = `${endpoints} endpoint${endpoints === 1 ? "" : "s"}`;
      const floor = figures[YARDSTICK];
      return [
        ...DELIVERY_SUBJECTS.map((name) => [`${name}, ${to}`, ...rowsOf(figures[name], floor)]),
        spreadRow(`${YARDSTICK}, ${to}`, spread(floor.spread)),
      ];
    });
  const ratesOf = (rate: "stagePerSecond" | "wholePerSecond", cpu: "stageCpuMs" | "wholeCpuMs") => ({
    head: ["", "deliveries/s", `of ${YARDSTICK}`, "CPU ms each", `CPU of ${YARDSTICK} of it`],
    rows: each(
      (figures, floor) => [
        figures[rate],
        ratio(figures[rate], floor[rate]),
        figures[cpu],
        ratio(floor[cpu], figures[cpu]),
      ],
      (spreads) => [spreads[rate], ...blank(1), spreads[cpu], ...blank(1)],
    ),
  });
  return [
    {
      name: "delivery-stage",
      title: "Delivery alone, from the recorded event on",
      ...ratesOf("stagePerSecond", "stageCpuMs"),
    },
    {
      name: "delivery-whole",
      title: "Delivery with all that comes before, from the POST on",
      ...ratesOf("wholePerSecond", "wholeCpuMs"),
    },
    {
      name: "delivery-latency",
      title: "From the 2xx to the receiver, calls at a steady pace",
      head: ["", "p50 ms", `× ${YARDSTICK}`, "p90 ms", `× ${YARDSTICK}`, "calls", "lost"],
      rows: each(
        ({ latencies: { p50, p90, calls }, lost }, { latencies: floor }) => [
          p50,
          ratio(p50, floor.p50),
          p90,
          ratio(p90, floor.p90),
          calls,
          lost,
        ],
        ({ p50 }) => [p50, ...blank(5)],
      ),
    },
  ];
}

type SpreadOf = (spread: DeliveryFigures["spread"]) => (number | undefined)[];

function analysisTable(analysis: AnalysisFigures): Table {
  return {
    name: "analysis",
    title: "Analysis in workerd",
    head: [],
    rows: [
      ["recording, minutes (stereo MP3, 8 kHz)", analysis.minutes],
      ["× real time", analysis.timesRealTime],
      ["× real time, by processor time", 60_000 / analysis.cpuMsPerMinute],
      ["CPU ms per minute of audio", analysis.cpuMsPerMinute],
      [`spread of its CPU: machine ${quietnessOf([analysis.spread])}`, percent(analysis.spread)],
      ["peak over idle, JavaScript heap, MB", analysis.heapMegabytes],
      ["peak over idle, heap and buffers, MB", analysis.heapAndBuffersMegabytes],
      ["peak over idle, resident workerd with simulated R2, MB", analysis.processMegabytes],
      ...analysis.lengths.map(({ minutes, heapAndBuffersMegabytes }): Cell[] => [
        `peak over idle, heap and buffers, of ${minutes} minutes, MB`,
        heapAndBuffersMegabytes,
      ]),
      ...Object.entries(analysis.coded).map(([name, times]): Cell[] => [
        `× real time, by processor time, ${name}`,
        times,
      ]),
      ["a muted copy, written and read again, × real time, by processor time", analysis.muting.timesRealTime],
      ["a muted copy, peak over idle, heap and buffers, MB", analysis.muting.heapAndBuffersMegabytes],
    ],
  };
}

function operationsTables({ alone, together, idleSweep }: OperationsFigures): Table[] {
  const names = Object.keys(alone.perCall) as (keyof typeof alone.perCall)[];
  const statements = [...new Set([...Object.keys(alone.written), ...Object.keys(together.written)])].toSorted();
  return [
    {
      name: "operations",
      title: `Operations per call with ${alone.events.length} events to one endpoint`,
      head: ["", "a call alone", "calls together", "cron with nothing to do"],
      rows: names.map((name): Cell[] => [name, alone.perCall[name], together.perCall[name], idleSweep[name]]),
    },
    {
      name: "rows-written",
      title: "Rows written per call, by statement",
      head: ["", "a call alone", "calls together"],
      rows: statements.map((name): Cell[] => [name, alone.written[name] ?? 0, together.written[name] ?? 0]),
    },
  ];
}

function billsTable({ alone, together }: { alone: Bill; together: Bill }): Table {
  const names = Object.keys(alone.dollars) as (keyof typeof prices)[];
  return {
    name: "dollars",
    title: "Dollars per million calls, beyond what is included",
    head: ["", "a call alone", "calls together"],
    rows: [
      ...names.map((name): Cell[] => [prices[name].unit, alone.dollars[name] ?? 0, together.dollars[name] ?? 0]),
      ["all of it", alone.running, together.running],
      ["keeping the audio, each month", alone.keepingAudioAMonth, together.keepingAudioAMonth],
    ],
  };
}
