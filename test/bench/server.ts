import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// What wrangler itself runs Workers on, in the version that it pins.
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type Request,
  type Response,
  type V4MiniflareOptions,
} from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { Trouble } from "../../scripts/trouble.ts";
import { PROJECT, wrangler } from "../../scripts/wrangler.ts";
import { childrenNamed } from "./process-cpu.ts";

export type ServerOptions = {
  /** The wrangler.toml it is configured by, from the project's folder. */
  config: string;
  /** The Worker's main file, where it is not the one the configuration names. */
  main?: string;
  vars?: Record<string, string>;
  /** False leaves every queue without a consumer: what is sent is taken and dropped. */
  consumers?: boolean;
  inspector?: boolean;
  /** Leaves out what the Worker logs. */
  quiet?: boolean;
  /** Answers everything that the Worker asks of others; without it, the network does. */
  outbound?(request: Request): Response;
};

export type Server = {
  /** Straight to the Worker's own socket: nothing of the development tools stands in between. */
  url: string;
  /** The workerd process that runs the Worker and the simulated D1, R2, queues and objects. */
  pid: number;
  secrets: { adminToken: string };
  miniflare: Miniflare;
  stop(): Promise<void>;
};

/** Bundles a Worker as `wrangler deploy` does and runs it in a workerd of its own, storage in a temporary folder. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const tidy = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", tidy);
  const modules = await bundle(options, folder);
  const adminToken = randomBytes(24).toString("hex");
  // Only errors: it would miss the secrets, which come by another way here.
  process.env.WRANGLER_LOG = "error";
  const { workerOptions } = workerOptionsOf(join(PROJECT, options.config));
  const secrets = { MASTER_KEYS: `1:${randomBytes(32).toString("base64")}`, OPERATOR_TOKEN: adminToken };
  const before = new Set(childrenNamed("workerd"));
  const settings = {
    ...workerOptions,
    name: "bench",
    bindings: {
      ...(workerOptions.bindings as Record<string, unknown>),
      ...secrets,
      ALLOW_PRIVATE_ADDRESSES: "true",
      ...options.vars,
    },
    // Without the rate limits: they would be reached, and what stands in for them here is a Worker on the same thread,
    // where the platform asks a counter of its own.
    ratelimits: {},
    // Without the assets: on the platform they are looked up in front of the Worker, at no processor time of ours; what
    // stands in for that here is two more Workers on the same thread, for each request.
    assets: undefined,
    queueConsumers: options.consumers === false ? {} : workerOptions.queueConsumers,
    modulesRoot: folder,
    modules,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    resourcePersistencePath: join(folder, "state"),
    ...(options.inspector ? { inspectorPort: 0 } : {}),
    ...(options.outbound ? { outboundService: options.outbound } : {}),
    ...(options.quiet ? { handleStructuredLogs: () => undefined } : {}),
  };
  const miniflare = new Miniflare(convertV4MiniflareOptions(settings as unknown as V4MiniflareOptions));
  await miniflare.ready;
  const url = (await miniflare.unsafeGetDirectURL()).href.replace(/\/$/, "");
  return {
    url,
    pid: childrenNamed("workerd").find((pid) => !before.has(pid)) ?? Number.NaN,
    secrets: { adminToken },
    miniflare,
    stop: async () => {
      await miniflare.dispose();
      process.off("exit", tidy);
      tidy();
    },
  };
}

/** Applies the migrations, statement by statement, to a server's own databases. */
export async function migrate(server: Server): Promise<void> {
  await apply(await server.miniflare.getD1Database("DB"), `${PROJECT}/migrations`);
  // Without its tables each call's turn in the index fails, and its tries would be measured as deliveries.
  await apply(await server.miniflare.getD1Database("SEARCH"), `${PROJECT}/migrations/search`);
}

async function apply(db: Awaited<ReturnType<Miniflare["getD1Database"]>>, folder: string): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  for (const file of files) {
    const statements = readFileSync(`${folder}/${file}`, "utf8").split("--> statement-breakpoint");
    await db.batch(statements.filter((text) => text.trim() !== "").map((text) => db.prepare(text)));
  }
}

async function bundle({ config, main }: ServerOptions, folder: string) {
  const out = join(folder, "out");
  const built = await wrangler(["deploy", ...(main ? [main] : []), "--dry-run", "--outdir", out, "--config", config]);
  if (built.code !== 0) throw new Trouble(`bundling ${main ?? config} failed:\n${built.stdout}${built.stderr}`);
  const names = readdirSync(out);
  const entry = names.find((name) => name.endsWith(".js"));
  if (!entry) throw new Trouble(`bundling ${main ?? config} made no module`);
  return [
    { type: "ESModule", path: join(out, entry) },
    ...names.filter((name) => name.endsWith(".wasm")).map((name) => ({ type: "CompiledWasm", path: join(out, name) })),
  ];
}
