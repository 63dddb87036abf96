import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { PROJECT } from "../../scripts/wrangler.ts";

/** A script of ours in the Workers runtime. `name`: what errors call it. `ask` posts JSON to it and reads JSON. */
export async function startInRuntime(script: string, name: string) {
  const bundled = await build({
    stdin: { contents: script, resolveDir: PROJECT, sourcefile: name, loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    conditions: ["workerd", "worker"],
    loader: { ".wasm": "empty" },
    external: ["node:*", "cloudflare:*"],
  });
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.mjs", contents: bundled.outputFiles[0]?.text ?? "" }],
      compatibilityDate: "2026-08-15",
      compatibilityFlags: ["nodejs_compat"],
    }),
  );
  return {
    ask: async <T>(body: object): Promise<T> => {
      const answer = await runtime.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(body) });
      return (await answer.json()) as T;
    },
    stop: () => runtime.dispose(),
  };
}
