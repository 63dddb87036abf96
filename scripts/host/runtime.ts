import { dirname, join, resolve } from "node:path";
// What wrangler itself runs Workers on, in the version that it pins.
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { PROJECT } from "../wrangler.ts";
import type { Build } from "./builds.ts";
import type { HostSettings } from "./settings.ts";

const CONFIG = join(PROJECT, "wrangler.toml");

/** As in wrangler.toml. */
const WORKER = "trunkline";

const MODULE_TYPES: Record<string, string> = {
  esm: "ESModule",
  commonjs: "CommonJS",
  "compiled-wasm": "CompiledWasm",
  buffer: "Data",
  text: "Text",
};

/** The Workers runtime, listening on the port itself: no process of ours is between it and a sender. */
export class Runtime {
  readonly #settings: HostSettings;
  readonly #serving: () => void;
  #miniflare: Miniflare | undefined;
  #applied: Promise<void> = Promise.resolve();

  constructor(settings: HostSettings, serving: () => void) {
    this.#settings = settings;
    this.#serving = serving;
  }

  get isServing(): boolean {
    return this.#miniflare !== undefined;
  }

  /** Takes a build into service, one after the other; the storage stays. */
  serve(build: Build): Promise<void> {
    const applied = this.#applied.then(() => this.#apply(build));
    this.#applied = applied.catch(() => undefined);
    return applied;
  }

  async stop(): Promise<void> {
    await this.#miniflare?.dispose();
  }

  async #apply(build: Build): Promise<void> {
    const options = convertV4MiniflareOptions(this.#optionsFor(build));
    if (this.#miniflare) await this.#miniflare.setOptions(options);
    else this.#miniflare = new Miniflare(options);
    await this.#miniflare.ready;
    this.#serving();
  }

  #optionsFor(build: Build): V4MiniflareOptions {
    const { port, stateDir, secretsPath, variables, traces } = this.#settings;
    // Not among its types, though its code reads it: without it each build would warn of missing secrets.
    const secrets = { envFiles: [secretsPath] } as Parameters<typeof workerOptionsOf>[2];
    const { workerOptions, externalWorkers } = workerOptionsOf(CONFIG, undefined, secrets);
    const options = {
      host: "127.0.0.1",
      port,
      // A placeholder, so that a start needs no internet.
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      handleStructuredLogs: writeLog,
      // The route that `npm start` calls in place of the platform's cron.
      unsafeTriggerHandlers: true,
      unsafeObservability: traces,
      unsafeLocalExplorer: traces,
      // A runtime that ended is started anew on the same port.
      unsafeHandleRuntimeRestart: this.#serving,
      // Where `wrangler d1 … --persist-to` looks.
      resourcePersistencePath: join(stateDir, "state", "v3"),
      resourceTmpPath: join(stateDir, "tmp"),
      workers: [
        {
          ...workerOptions,
          // The objects' storage is named after the Worker: without it they would begin anew, beside what they had.
          name: WORKER,
          bindings: { ...(workerOptions.bindings as Record<string, unknown>), ...variables },
          ...modulesOf(build),
        },
        ...externalWorkers,
      ],
    };
    return options as unknown as V4MiniflareOptions;
  }
}

function modulesOf({ path, entrypointSource, modules }: Build) {
  const root = dirname(path);
  return {
    modulesRoot: root,
    modules: [
      { type: "ESModule", path, contents: entrypointSource },
      ...modules.map(({ name, type, content }) => ({
        type: MODULE_TYPES[type ?? "esm"],
        path: resolve(root, name),
        contents: content,
      })),
    ],
  };
}

/** As wrangler prints what a Worker logs. */
function writeLog({ level, message }: { level: string; message: string }): void {
  if (level === "error") console.error(`✘ [ERROR] ${message}`);
  else if (level === "warn") console.warn(`▲ [WARNING] ${message}`);
  else console.log(message);
}
