import { join } from "node:path";
import { inspect } from "node:util";
import { unstable_DevEnv as DevEnv } from "wrangler";
import { PROJECT } from "../wrangler.ts";
import type { HostSettings } from "./settings.ts";

type DevEvent = Parameters<DevEnv["dispatch"]>[0];
export type Build = Extract<DevEvent, { type: "bundleComplete" }>["bundle"];

/**
 * Wrangler's own watcher and bundler, without its servers: wrangler.toml stays the one configuration, its `[build]`
 * command and its assets are watched, and each change of a source, an asset or the file itself makes a new build.
 */
export class Builds {
  readonly #settings: HostSettings;
  readonly #dev: DevEnv;
  #built: (build: Build) => void = () => undefined;
  #failed: () => void = () => undefined;

  constructor(settings: HostSettings) {
    this.#settings = settings;
    this.#dev = new DevEnv({
      // It announces a build on this bus, which would otherwise start servers of its own.
      runtimeFactories: [],
      proxyFactory: () => WITHOUT_PROXY,
    });
    const dispatch = this.#dev.dispatch.bind(this.#dev);
    this.#dev.dispatch = (event) => {
      if (event.type === "bundleComplete") this.#built(event.bundle);
      else dispatch(event);
    };
    this.#dev.on("buildFailed", () => this.#failed());
    this.#dev.on("error", (error: { reason?: string; cause?: unknown }) => {
      console.error(`✘ [ERROR] ${error.reason ?? "wrangler"}: ${inspect(error.cause ?? error)}`);
      this.#failed();
    });
  }

  onBuilt(built: (build: Build) => void): void {
    this.#built = built;
  }

  onFailed(failed: () => void): void {
    this.#failed = failed;
  }

  async start(): Promise<void> {
    await this.#dev.config.set(
      {
        config: join(PROJECT, "wrangler.toml"),
        envFiles: [this.#settings.secretsPath],
        dev: { inspector: false, watch: true, persist: `${this.#settings.stateDir}/state`, remote: false },
      },
      true,
    );
  }

  async stop(): Promise<void> {
    await this.#dev.teardown();
  }
}

const ignore = () => undefined;

/** Wrangler's bus reports to a proxy; the runtime's own socket needs none. */
const WITHOUT_PROXY = {
  onConfigUpdate: ignore,
  onBundleStart: ignore,
  onReloadStart: ignore,
  onReloadComplete: ignore,
  teardown: async () => undefined,
} as unknown as DevEnv["proxy"];
