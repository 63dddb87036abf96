import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { PROJECT } from "../wrangler.ts";

/** What only the Workers runtime has, and no route needs to be described. */
const OF_THE_RUNTIME: Plugin = {
  name: "of-the-runtime",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cloudflare:|^#assets$|\.wasm$/ }, ({ path }) => ({ path, namespace: "of-the-runtime" }));
    onLoad({ filter: /.*/, namespace: "of-the-runtime" }, () => ({
      contents:
        "export class DurableObject {} export const env = {}; export const assets = {}; export const exports = {}; export default {};",
    }));
  },
};

const WRITER = `
import { apiRoutes } from "./src/api";
const deps = { config: { publicUrl: "https://trunkline.example" } };
export const answerOf = async (path) => (await apiRoutes(() => deps).request(path)).text();
`;

/** What the API answers at \`path\` about itself, made of its own code without a server. */
export async function describedAt(path: "/openapi.json" | "/llms.txt" | "/postman.json"): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: WRITER, resolveDir: PROJECT },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "#jsx",
    plugins: [OF_THE_RUNTIME],
    logLevel: "error",
    write: false,
  });
  const folder = join(PROJECT, ".wrangler", "openapi");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `api.${process.pid}.mjs`);
  writeFileSync(file, outputFiles[0]?.contents ?? "");
  try {
    const { answerOf } = (await import(pathToFileURL(file).href)) as { answerOf(path: string): Promise<string> };
    return await answerOf(path);
  } finally {
    rmSync(file, { force: true });
  }
}
