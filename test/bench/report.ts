import type { AnalysisFigures } from "./analysis.ts";
import type { Bill } from "./cost.ts";
import type { DeliveryFigures, DeliverySubject } from "./delivery.ts";
import type { IngestName } from "./ingest.ts";
import type { IngestFigures } from "./ingest-trial.ts";
import type { OperationsFigures } from "./operations.ts";
import { printOutbound, type OutboundFigures } from "./outbound.ts";
import { prices } from "./prices.ts";
import type { SchemeFigures } from "./schemes.ts";
import { print, ratio, type Cell } from "./table.ts";

/** Everything a run measured; a part that was not requested is absent. */
export type Findings = {
  machine: Record<string, string | number>;
  ingest?: Record<IngestName, IngestFigures>;
  schemes?: SchemeFigures;
  delivery?: { endpoints: number; figures: Record<DeliverySubject, DeliveryFigures> }[];
  outbound?: OutboundFigures;
  analysis?: AnalysisFigures;
  operations?: OperationsFigures;
  bills?: { alone: Bill; together: Bill };
};

/** The findings as tables for a terminal. */
export function printFindings(findings: Findings): void {
  print("Machine", Object.entries(findings.machine));
  const aim = "aim: requests/s at least 0.85 of the floor";
  if (findings.ingest) printIngest(`Ingest, queues without consumers (${aim})`, findings.ingest);
  if (findings.schemes) printIngest("Ingest by the way senders prove themselves", findings.schemes);
  if (findings.delivery) printDelivery(findings.delivery);
  if (findings.outbound) printOutbound(findings.outbound);
  if (findings.analysis) printAnalysis(findings.analysis);
  if (findings.operations) printOperations(findings.operations);
  if (findings.bills) printBills(findings.bills);
}

function printIngest(title: string, ingest: Record<string, IngestFigures>): void {
  const floor = ingest["floor"]!;
  print(title, [
    ["", "requests/s", "of floor", "p50 ms", "p99 ms", "CPU ms", "floor's CPU of it", "generator busy"],
    ...Object.entries(ingest).map(([name, figures]): Cell[] => {
      const { perSecond, p50, p99, cpuMs, loadCpuShare } = figures;
      return [
        name,
        perSecond,
        ratio(perSecond, floor.perSecond),
        p50,
        p99,
        cpuMs,
        ratio(floor.cpuMs, cpuMs),
        loadCpuShare,
      ];
    }),
  ]);
}

function printDelivery(delivery: NonNullable<Findings["delivery"]>): void {
  const stage: Cell[][] = [];
  const whole: Cell[][] = [];
  const latency: Cell[][] = [];
  for (const { endpoints, figures } of delivery) {
    for (const name of Object.keys(figures) as DeliverySubject[]) {
      const { stagePerSecond, stageCpuMs, wholePerSecond, wholeCpuMs, p50, p99, lost } = figures[name];
      const { floor } = figures;
      const label = `${name}, ${endpoints} endpoint${endpoints === 1 ? "" : "s"}`;
      stage.push([
        label,
        stagePerSecond,
        ratio(stagePerSecond, floor.stagePerSecond),
        stageCpuMs,
        ratio(floor.stageCpuMs, stageCpuMs),
      ]);
      whole.push([
        label,
        wholePerSecond,
        ratio(wholePerSecond, floor.wholePerSecond),
        wholeCpuMs,
        ratio(floor.wholeCpuMs, wholeCpuMs),
      ]);
      latency.push([label, p50, ratio(p50, floor.p50), p99, ratio(p99, floor.p99), lost]);
    }
  }
  const rates = ["", "deliveries/s", "of floor", "CPU ms each", "floor's CPU of it"];
  print(
    "Delivery alone, from the recorded event on (aim: deliveries/s at least 0.6 of the floor, 0.7 to ten endpoints)",
    [rates, ...stage],
  );
  print("Delivery with all that comes before, from the POST on", [rates, ...whole]);
  print("From the 2xx to the receiver, calls at a steady pace (aim: p50 under 1.5 × the floor)", [
    ["", "p50 ms", "× floor", "p99 ms", "× floor", "lost"],
    ...latency,
  ]);
}

function printAnalysis(analysis: AnalysisFigures): void {
  print("Analysis in workerd (aim: 200 × real time, under 64 MB over the idle isolate)", [
    ["recording, minutes (stereo MP3, 8 kHz)", analysis.minutes],
    ["× real time", analysis.timesRealTime],
    ["× real time, by processor time", 60_000 / analysis.cpuMsPerMinute],
    ["CPU ms per minute of audio", analysis.cpuMsPerMinute],
    ["peak over idle, JavaScript heap, MB", analysis.heapMegabytes],
    ["peak over idle, heap and buffers, MB", analysis.heapAndBuffersMegabytes],
    ["peak over idle, resident workerd with simulated R2, MB", analysis.processMegabytes],
  ]);
}

function printOperations({ alone, together, idleSweep }: OperationsFigures): void {
  const names = Object.keys(alone.perCall) as (keyof typeof alone.perCall)[];
  print(`Operations per call with ${alone.events.length} events to one endpoint (aim: at most 25 rows written in D1)`, [
    ["", "a call alone", "calls together", "cron with nothing to do"],
    ...names.map((name): Cell[] => [name, alone.perCall[name], together.perCall[name], idleSweep[name]]),
  ]);
  print("Rows written, by statement", Object.entries(alone.written));
}

function printBills({ alone, together }: { alone: Bill; together: Bill }): void {
  const names = Object.keys(alone.dollars) as (keyof typeof prices)[];
  print("Dollars per million calls, beyond what is included", [
    ["", "a call alone", "calls together"],
    ...names.map((name): Cell[] => [prices[name].unit, alone.dollars[name] ?? 0, together.dollars[name] ?? 0]),
    ["all of it", alone.running, together.running],
    ["keeping the audio, each month", alone.keepingAudioAMonth, together.keepingAudioAMonth],
  ]);
}
