import { setTimeout as sleep } from "node:timers/promises";
import { openInspector, type Inspector } from "./inspector.ts";
import { CODED, codeLongRecording, makeLongRecording } from "./long-recording.ts";
import { cpuSeconds, residentBytes } from "./process-cpu.ts";
import { startServer, type Server } from "./server.ts";
import { median, spreadOf } from "./statistics.ts";

export type AnalysisFigures = {
  minutes: number;
  megabytes: number;
  timesRealTime: number;
  cpuMsPerMinute: number;
  /** How far the repetitions are apart, by processor time. */
  spread: number;
  /** Above the idle isolate, at the peak: objects on the JavaScript heap, and with them the buffers behind it. */
  heapMegabytes: number;
  heapAndBuffersMegabytes: number;
  /** The same of the whole workerd process, which also holds the simulated R2. */
  processMegabytes: number;
  talkSeconds: number[];
  /** Of recordings of ten minutes and of three hours: what the peak over idle grows by. */
  lengths: { minutes: number; heapAndBuffersMegabytes: number }[];
  /** Times real time by processor time, of recordings in other codecs. */
  coded: Record<string, number>;
  /** A muted copy of the first recording, written and read again: times real time by processor time, and as above. */
  muting: { timesRealTime: number; heapAndBuffersMegabytes: number };
};

type Heap = { usedSize: number; backingStorageSize?: number };

const MB = 1e6;
/** Milliseconds. An hour of audio takes seconds. */
const PATIENCE = 180_000;

/** The embedded engine over long recordings in workerd: how fast, and with how much memory. */
export async function measureAnalysis(plan: {
  minutes: number;
  rounds: number;
  lengths: readonly number[];
  codedMinutes: number;
}): Promise<AnalysisFigures> {
  const recording = makeLongRecording(plan.minutes);
  const { seconds } = recording;
  const whole = await withEngine(recording, async (server) => {
    // The isolate's first analysis: what the decoder and its tables take counts as the analysis's own.
    const memory = await watchMemory(server, () => ask(server, "GET"));
    // The speed after that, without the inspector sampling the isolate.
    return { memory, runs: await runsOf(server, seconds, plan.rounds) };
  });
  const muted = await withEngine(recording, async (server) => {
    const memory = await watchMemory(server, () => ask(server, "GET", { way: "?mute" }));
    return { memory, runs: await runsOf(server, seconds, plan.rounds, "?mute") };
  });
  const lengths: AnalysisFigures["lengths"] = [];
  for (const minutes of plan.lengths) {
    const memory = await withEngine(makeLongRecording(minutes), (server) =>
      watchMemory(server, () => ask(server, "GET")),
    );
    lengths.push({ minutes, heapAndBuffersMegabytes: memory.heapAndBuffersMegabytes });
  }
  const coded: AnalysisFigures["coded"] = {};
  for (const [name, options] of Object.entries(CODED)) {
    const other = codeLongRecording(plan.codedMinutes, options);
    if (!other) continue;
    const runs = await withEngine(other, async (server) => {
      await ask(server, "GET");
      return runsOf(server, other.seconds, plan.rounds);
    });
    coded[name] = timesRealTime(other.seconds, runs);
  }
  const { runs, memory } = whole;
  return {
    minutes: seconds / 60,
    megabytes: recording.bytes.length / MB,
    timesRealTime: median(runs.map(({ speed }) => speed)),
    cpuMsPerMinute: median(runs.map(({ cpuMs }) => cpuMs)) / (seconds / 60),
    spread: spreadOf(runs.map(({ cpuMs }) => cpuMs)),
    ...memory,
    talkSeconds: runs.at(-1)?.talkSeconds ?? [],
    lengths,
    coded,
    muting: {
      timesRealTime: timesRealTime(seconds, muted.runs),
      heapAndBuffersMegabytes: muted.memory.heapAndBuffersMegabytes,
    },
  };
}

/** By processor time. */
function timesRealTime(seconds: number, runs: readonly Run[]): number {
  return (seconds * 1_000) / median(runs.map(({ cpuMs }) => cpuMs));
}

type Recording = ReturnType<typeof makeLongRecording>;

/** What is measured of a Worker that has a recording in R2 and has done nothing yet. */
async function withEngine<Figures>(
  { bytes }: Recording,
  measure: (server: Server) => Promise<Figures>,
): Promise<Figures> {
  const server = await startServer({
    config: "wrangler.toml",
    main: "test/bench/analysed/index.ts",
    consumers: false,
    inspector: true,
  });
  try {
    await ask(server, "PUT", { body: bytes });
    return await measure(server);
  } finally {
    await server.stop();
  }
}

type Run = { speed: number; cpuMs: number; talkSeconds: number[] };

/** So many analyses (or what else `way` asks for) one after another; none may have heard less than the whole. */
async function runsOf(server: Server, seconds: number, rounds: number, way = ""): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const cpuBefore = cpuSeconds(server.pid);
    const start = performance.now();
    const found = (await ask(server, "GET", { way })) as { durationSeconds: number; talkSeconds: number[] };
    const elapsed = performance.now() - start;
    if (Math.abs(found.durationSeconds - seconds) > 0.01 * seconds)
      throw new Error(`the engine heard ${found.durationSeconds} of ${seconds} seconds`);
    runs.push({
      speed: (seconds * 1000) / elapsed,
      cpuMs: (cpuSeconds(server.pid) - cpuBefore) * 1000,
      talkSeconds: found.talkSeconds,
    });
  }
  return runs;
}

/** The memory of the isolate and of its process while some work is done, above what they have idle, in MB. */
export async function watchMemory(server: Server, work: () => Promise<unknown>) {
  const inspector = await openInspector(server);
  const idle = await heapOf(inspector);
  const idleProcess = residentBytes(server.pid);
  const peak = { heap: 0, sum: 0, resident: 0 };
  // What the isolate held before it began is partly garbage; the least it was ever seen with is taken for idle.
  const least = { heap: idle.used, sum: idle.used + idle.buffers };
  const state = { done: false };
  const working = work().finally(() => {
    state.done = true;
  });
  while (!state.done) {
    // The isolate answers between two pieces of the recording, so a peak inside one piece can be missed.
    const heap = await heapOf(inspector).catch(() => undefined);
    if (heap) {
      const sum = heap.used + heap.buffers;
      peak.heap = Math.max(peak.heap, heap.used);
      peak.sum = Math.max(peak.sum, sum);
      least.heap = Math.min(least.heap, heap.used);
      least.sum = Math.min(least.sum, sum);
    }
    peak.resident = Math.max(peak.resident, residentBytes(server.pid));
    await sleep(10);
  }
  await working;
  inspector.close();
  return {
    heapMegabytes: (peak.heap - least.heap) / MB,
    heapAndBuffersMegabytes: (peak.sum - least.sum) / MB,
    processMegabytes: (peak.resident - idleProcess) / MB,
  };
}

async function heapOf(inspector: Inspector): Promise<{ used: number; buffers: number }> {
  const { usedSize, backingStorageSize = 0 } = await inspector.send<Heap>("Runtime.getHeapUsage");
  return { used: usedSize, buffers: backingStorageSize };
}

async function ask(
  server: Server,
  method: "PUT" | "GET",
  { way = "", body }: { way?: string; body?: Uint8Array<ArrayBuffer> } = {},
): Promise<unknown> {
  const response = await fetch(`${server.url}/long.mp3${way}`, {
    method,
    signal: AbortSignal.timeout(PATIENCE),
    ...(body ? { body } : {}),
  });
  if (!response.ok) throw new Error(`the analysis Worker answered ${response.status}: ${await response.text()}`);
  return response.json();
}
