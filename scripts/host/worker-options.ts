import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from "wrangler";
import { PROJECT } from "../wrangler.ts";
import type { Build } from "./builds.ts";
import type { HostSettings } from "./settings.ts";

const CONFIG = join(PROJECT, "wrangler.toml");

/** As in wrangler.toml. */
const WORKER = "trunkline";

/** The Worker of the static assets, under the name of its binding in wrangler.toml. */
const ASSETS = "ASSETS";

const MODULE_TYPES: Record<string, string> = {
  esm: "ESModule",
  commonjs: "CommonJS",
  "compiled-wasm": "CompiledWasm",
  buffer: "Data",
  text: "Text",
};

/** What the runtime is given to serve, and a name that is the same as long as that is. */
export type Served = { workers: object[]; version: string };

/** A build with the bindings of wrangler.toml. */
export function servedOf(build: Build, { secretsPath, variables }: HostSettings): Served {
  // Not among its types, though its code reads it: without it each build would warn of missing secrets.
  const secrets = { envFiles: [secretsPath] } as Parameters<typeof workerOptionsOf>[2];
  const { workerOptions, externalWorkers } = workerOptionsOf(CONFIG, undefined, secrets);
  const { assets, ...own } = workerOptions;
  const bound = {
    ...own,
    // The objects' storage is named after the Worker: without it they would begin anew, beside what they had.
    name: WORKER,
    bindings: { ...(workerOptions.bindings as Record<string, unknown>), ...variables },
    ...(assets ? { serviceBindings: { ...(workerOptions.serviceBindings as object), ASSETS } } : {}),
  };
  const others = assets ? [assetsWorker(assets), ...externalWorkers] : externalWorkers;
  const root = dirname(build.path);
  const modules = [
    { type: "ESModule", path: build.path, contents: build.entrypointSource },
    ...build.modules.map(({ name, type, content }) => ({
      type: MODULE_TYPES[type ?? "esm"],
      path: resolve(root, name),
      contents: content,
    })),
  ];
  const version = createHash("sha256").update(JSON.stringify([bound, others]));
  for (const { path, contents } of modules)
    version.update(relative(root, path)).update(typeof contents === "string" ? withoutFolders(contents) : contents);
  return { workers: [{ ...bound, modulesRoot: root, modules }, ...others], version: version.digest("hex") };
}

/**
 * Static assets, in a Worker of their own that ours asks. As assets of ours, two more Workers would stand before every
 * request, and a notice would cost 0.6 ms of CPU more than it does.
 */
function assetsWorker(assets: unknown): object {
  return {
    name: ASSETS,
    modules: true,
    script: "export default {}",
    compatibilityDate: "2026-08-15",
    assets: { ...(assets as object), binding: undefined, routerConfig: { has_user_worker: false } },
  };
}

/** The bundler works in folders with a new name each time, and names them in comments. */
function withoutFolders(source: string): string {
  return source.replace(/\.wrangler\/tmp\/[\w-]+/g, ".wrangler/tmp");
}
