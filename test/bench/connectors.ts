import { setTimeout as sleep } from "node:timers/promises";
import { expectSuccess, numberAt, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { dollarsPerMillion, prices, type Usage } from "../../src/usage/prices.ts";
import { watchMemory } from "./analysis.ts";
import type { Counters } from "./counted/counters.ts";
import { countersOf, resetCounters } from "./operations.ts";
import { makeOrganization } from "./organization.ts";
import { cpuSeconds, quiet } from "./process-cpu.ts";
import { startBucket } from "./scripted-bucket.ts";
import { migrate, startServer, type Server } from "./server.ts";
import type { Cell, Table } from "./table.ts";

export type ConnectorFigures = {
  /** One large file, read from the storage and kept. */
  large: {
    gigabytes: number;
    heapMegabytes: number;
    heapAndBuffersMegabytes: number;
    processMegabytes: number;
    seconds: number;
  };
  /** A first sync of many files, each moved away behind it. `rowsOfFile`: D1 rows of the table of files. */
  many: {
    files: number;
    calls: number;
    seconds: number;
    rowsOfFile: number;
    rowsWritten: number;
    perFile: Counters;
    cpuMs: number;
  };
  /** What the storage was asked for by file, which its owner pays. */
  askedPerFile: Record<string, number>;
  /** A look that finds nothing: requests to the storage and rows written in D1. */
  idle: { asked: Record<string, number>; rowsWritten: number };
  /** A million files with their calls, not analysed and told to nobody, by what is charged. */
  dollars: ReturnType<typeof dollarsPerMillion>;
};

/** The longest that a part is waited for, in milliseconds. */
const PATIENCE = 80 * 60_000;
const SMALL = 16_044;

/** A storage of a script whose files come in by the real Worker, over bindings that count. */
export async function measureConnectors(plan: { gigabytes: number; files: number }): Promise<ConnectorFigures> {
  const first = await withConnector(async (connector) => {
    const idle = await idleLook(connector);
    return { idle, ...(await manyFiles(connector, plan.files)) };
  });
  // A Worker of its own: what ten thousand files left to be collected is not memory that the large one takes.
  return { ...first, large: await withConnector((connector) => largeFile(connector, plan.gigabytes)) };
}

type Connector = {
  server: Server;
  bucket: Awaited<ReturnType<typeof startBucket>>;
  /** How many files came in. */
  imported: () => Promise<number>;
  /** Whether no file is left in the folder that is read. */
  isMoved: () => boolean;
  /** One look from its beginning to its end: it is due now, and the sweep wakes it. */
  look: (isDone: () => boolean | Promise<boolean>) => Promise<void>;
  /** Until so many recordings are where they stay: what was uploaded is read once more, hashed and copied there. */
  kept: (count: number) => Promise<void>;
};

/** What `measure` gives of a connector to an empty storage, on a Worker that has done nothing else. */
async function withConnector<Figures>(measure: (connector: Connector) => Promise<Figures>): Promise<Figures> {
  const bucket = await startBucket();
  const server = await startServer({
    config: "wrangler.toml",
    main: "test/bench/counted/index.ts",
    inspector: true,
  });
  try {
    await migrate(server);
    const { apiKey, campaign } = await makeOrganization(server, { urls: [], events: [] });
    const ask = async (path: string, method = "GET", body?: object) =>
      expectSuccess(
        await request(server.url, path, { method, token: apiKey, ...(body && { body }) }),
        `${method} ${path}`,
      );
    await ask(`/v1/campaigns/${campaign}`, "PATCH", { settings: { auto_analyze: false } });
    const made = await ask("/v1/connectors", "POST", {
      name: "Bench",
      campaign_id: String(campaign),
      connection: { endpoint: bucket.url, bucket: "bench", accessKey: "a", secretKey: "s" },
      autoImport: { pollInterval: 86_400, importPath: "/incoming/", processedPath: "/processed/" },
    });
    const path = `/v1/connectors/${textAt(made, ["id"])}`;
    const sweep = () => fetch(`${server.url}/bench/sweep`, { method: "POST" });
    await sweep();
    await quiet(server.pid);

    return await measure({
      server,
      bucket,
      imported: async () => numberAt(await ask(path), ["imported"]),
      isMoved: () => bucket.keys().every((key) => key.startsWith("processed/")),
      async look(isDone) {
        await ask(`${path}/sync`, "POST");
        const before = textAt(await ask(path), ["last_sync_at"]);
        await until("a look did not end in time", sweep, async () => {
          // While a large file is kept, the simulated bindings on the same thread may let a question wait.
          const now = await ask(path).catch(() => undefined);
          if (now === undefined) return false;
          if (valueAt(now, ["trouble"]) !== null) throw new Error(`the look failed: ${JSON.stringify(now)}`);
          return textAt(now, ["last_sync_at"]) !== before && isDone();
        });
      },
      async kept(count) {
        const db = await server.miniflare.getD1Database("DB");
        const counted = db.prepare("SELECT count(*) AS kept FROM recordings WHERE state = 'completed'");
        await until(
          "the recordings were not kept in time",
          sweep,
          async () => (await counted.first<{ kept: number }>())?.kept === count,
        );
      },
    });
  } finally {
    await server.stop();
    bucket.stop();
  }
}

/** Asks twice a second until it holds, and wakes what is due every ten seconds. */
async function until(failure: string, sweep: () => Promise<unknown>, holds: () => Promise<boolean>) {
  const end = Date.now() + PATIENCE;
  for (let tries = 0; Date.now() < end; tries += 1) {
    if (tries % 20 === 0) await sweep();
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error(failure);
}

async function idleLook({ server, bucket, look }: Connector): Promise<ConnectorFigures["idle"]> {
  await look(() => true);
  await quiet(server.pid);
  bucket.asked();
  await resetCounters(server);
  await look(() => true);
  await quiet(server.pid);
  const { written } = await countersOf(server);
  // That it is due now, which is asked for here, is a row of its own beside that of the look.
  const rows = Object.entries(written).reduce((sum, [name, of]) => (name.endsWith(" connectors") ? sum + of : sum), 0);
  await resetCounters(server);
  return { asked: bucket.asked(), rowsWritten: rows - 1 };
}

async function manyFiles({ server, bucket, look, isMoved, kept, imported }: Connector, files: number) {
  for (let at = 0; at < files; at += 1) bucket.put(`incoming/${String(at).padStart(6, "0")}.wav`, SMALL);
  bucket.asked();
  const cpuBefore = cpuSeconds(server.pid);
  const beganAt = Date.now();
  await look(() => true);
  await look(isMoved);
  await kept(files);
  await quiet(server.pid);
  const { counters, written } = await countersOf(server);
  const rowsOf = (table: string) =>
    Object.entries(written).reduce((sum, [name, rows]) => (name.endsWith(` ${table}`) ? sum + rows : sum), 0);
  const perFile = Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [name, value / files]),
  ) as Counters;
  const cpuMs = ((cpuSeconds(server.pid) - cpuBefore) * 1_000) / files;
  const askedPerFile = Object.fromEntries(Object.entries(bucket.asked()).map(([name, times]) => [name, times / files]));
  const many = {
    files,
    calls: await imported(),
    seconds: (Date.now() - beganAt) / 1_000,
    rowsOfFile: rowsOf("connector_files") / files,
    rowsWritten: counters.d1RowsWritten / files,
    perFile,
    cpuMs,
  };
  return { many, askedPerFile, dollars: dollarsPerMillion(usageOf(perFile, cpuMs)) };
}

async function largeFile(
  { server, bucket, look, isMoved, kept }: Connector,
  gigabytes: number,
): Promise<ConnectorFigures["large"]> {
  bucket.put("incoming/large.wav", gigabytes * 1e9);
  await look(() => true);
  const beganAt = Date.now();
  const memory = await watchMemory(server, async () => {
    await look(isMoved);
    await kept(1);
  });
  return { gigabytes, ...memory, seconds: (Date.now() - beganAt) / 1_000 };
}

function usageOf(perFile: Counters, cpuMs: number): Usage {
  return {
    requests: perFile.requests,
    cpuMs,
    queueOperations: perFile.queueOperations,
    d1RowsRead: perFile.d1RowsRead,
    d1RowsWritten: perFile.d1RowsWritten,
    r2ClassA: perFile.r2ClassA,
    r2ClassB: perFile.r2ClassB,
    objectRequests: perFile.objectRequests + perFile.objectAlarms,
    objectRowsRead: perFile.objectRowsRead,
    objectRowsWritten: perFile.objectRowsWritten,
  } as Usage;
}

export function connectorTables({ large, many, idle, askedPerFile, dollars }: ConnectorFigures): Table[] {
  const names = Object.keys(dollars) as (keyof typeof prices)[];
  return [
    {
      name: "connectors",
      title: "Files that a connector takes out of a storage",
      head: [],
      rows: [
        ["a large file, GB", large.gigabytes],
        ["peak over idle, JavaScript heap, MB", large.heapMegabytes],
        ["peak over idle, heap and buffers, MB", large.heapAndBuffersMegabytes],
        ["peak over idle, resident workerd with simulated R2, MB", large.processMegabytes],
        ["many files, in a first sync", many.files],
        ["taken in and moved of these", many.calls],
        ["files a second, simulated bindings and their calls included", many.files / many.seconds],
        ["rows written in D1 a file, beside its call and its upload", many.rowsOfFile],
        ["rows written in D1 a file, all of it", many.rowsWritten],
        ["CPU ms a file, simulated bindings included", many.cpuMs],
        ...Object.entries(askedPerFile).map(([name, times]): Cell[] => [`asked of the storage a file, ${name}`, times]),
        ["asked of the storage by an idle look", Object.values(idle.asked).reduce((sum, one) => sum + one, 0)],
        ["rows written in D1 by an idle look", idle.rowsWritten],
      ],
    },
    {
      name: "dollars-files",
      title: "Dollars per million files with their calls, not analysed and told to nobody",
      head: ["", "a file"],
      rows: [
        ...names.map((name): Cell[] => [prices[name].unit, dollars[name] ?? 0]),
        ["all of it", Object.values(dollars).reduce((sum, one) => sum + one, 0)],
      ],
    },
  ];
}
