import { join } from "node:path";
// What wrangler itself runs Workers on, in the version that it pins.
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from "miniflare";
import type { HostSettings } from "./settings.ts";
import type { Served } from "./worker-options.ts";

/**
 * The Workers runtime, listening on the port itself: no process of ours is between it and a sender. Without wrangler,
 * which takes seconds to load.
 */
export class Runtime {
  readonly #settings: HostSettings;
  readonly #serving: () => void;
  #miniflare: Miniflare | undefined;
  #version = "";
  #applied: Promise<void> = Promise.resolve();

  constructor(settings: HostSettings, serving: () => void) {
    this.#settings = settings;
    this.#serving = serving;
  }

  get isServing(): boolean {
    return this.#miniflare !== undefined;
  }

  /** Takes a build into service, one after the other; the storage stays. The one that is served goes on undisturbed. */
  serve(served: Served): Promise<void> {
    const applied = this.#applied.then(() => this.#apply(served));
    this.#applied = applied.catch(() => undefined);
    return applied;
  }

  async stop(): Promise<void> {
    await this.#miniflare?.dispose();
  }

  async #apply(served: Served): Promise<void> {
    if (served.version === this.#version) return;
    const options = convertV4MiniflareOptions(this.#optionsFor(served));
    if (this.#miniflare) await this.#miniflare.setOptions(options);
    else this.#miniflare = new Miniflare(options);
    await this.#miniflare.ready;
    this.#version = served.version;
    this.#serving();
  }

  #optionsFor({ workers }: Served): V4MiniflareOptions {
    const { port, stateDir, traces } = this.#settings;
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
      workers,
    };
    return options as unknown as V4MiniflareOptions;
  }
}

/** As wrangler prints what a Worker logs. */
function writeLog({ level, message }: { level: string; message: string }): void {
  if (level === "error") console.error(`✘ [ERROR] ${message}`);
  else if (level === "warn") console.warn(`▲ [WARNING] ${message}`);
  else console.log(message);
}
