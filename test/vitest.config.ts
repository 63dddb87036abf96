import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { buildAssets } from "../scripts/assets.ts";

const root = `${import.meta.dirname}/..`;

// The secrets wrangler.toml requires. 32 zero bytes: a key for tests and nothing else.
process.env.MASTER_KEYS = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
process.env.OPERATOR_TOKEN = "operator-token-for-tests-only";

// The pool does not run `[build]` of wrangler.toml.
await buildAssets();

// A server whose answers the runtime itself inflates: `head`, then `mib` MiB of one letter, in gzip.
const COMPRESSED = `export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let left = Number(searchParams.get("mib"));
    const plain = new ReadableStream({
      start: (controller) => controller.enqueue(Uint8Array.fromBase64(searchParams.get("head"))),
      pull: (controller) => left-- > 0 ? controller.enqueue(chunk) : controller.close(),
    });
    const packed = plain.pipeThrough(new CompressionStream("gzip"));
    const headers = { "content-type": searchParams.get("type"), "content-encoding": "gzip" };
    return new Response(packed, { headers, encodeBody: "manual" });
  },
}`;

// Bundled for tests: a test file imports its modules anew, at a price for each, and a library is then one module
// instead of its hundreds. Not `hono/jsx`: Vitest leaves its `jsx-runtime` out, and there would be two of them.
const LIBRARIES = [
  "@hono/zod-openapi",
  "@jmespath-community/jmespath",
  "@simplewebauthn/server",
  "@simplewebauthn/server/helpers",
  "drizzle-orm",
  "drizzle-orm/batch",
  "drizzle-orm/d1",
  "drizzle-orm/sqlite-core",
  "fast-check",
  "hono",
  "hono/body-limit",
  "hono/combine",
  "hono/factory",
  "hono/http-exception",
  "hono/router",
  "hono/route",
  "jose",
  "libphonenumber-js/min",
  "standardwebhooks",
  "svix",
  "uqr",
  "zod",
];

const migrations = await readD1Migrations(`${root}/migrations`);
const searchMigrations = await readD1Migrations(`${root}/migrations/search`);

const inWorkerd = cloudflareTest({
  wrangler: { configPath: `${root}/wrangler.toml` },
  miniflare: {
    bindings: {
      TEST_MIGRATIONS: migrations,
      TEST_SEARCH_MIGRATIONS: searchMigrations,
      PUBLIC_URL: "https://trunkline.test",
      ALLOW_PRIVATE_ADDRESSES: "true",
      // `npm run check:long` asks for so many times the usual runs of a property.
      ...(process.env.LONG ? { LONG: process.env.LONG } : {}),
    },
    serviceBindings: { COMPRESSED: "compressed" },
    workers: [{ name: "compressed", modules: true, compatibilityDate: "2026-08-15", script: COMPRESSED }],
  },
});

// Each of these counts what a fresh runtime does, breaks its objects or its clock, or leaves work behind that the next
// file would meet. They get a runtime of their own; all others share one, file after file, and empty its storage.
const ALONE = [
  "test/worker/transcription.test.ts",
  "test/worker/endpoint-controls.test.ts",
  "test/worker/api/reach-sweep.test.ts",
  "test/worker/limits.test.ts",
  "test/worker/bulk-statements.test.ts",
  "test/worker/endpoint.test.ts",
  "test/worker/outages.test.ts",
  "test/worker/operators-model.test.ts",
  "test/worker/api/permissions.test.ts",
  "test/worker/crashes.test.ts",
  "test/worker/reports.test.ts",
];

const common = {
  root,
  // For what hangs, not for what is slow: machines are noisy, and two processors may have ten other things to do.
  testTimeout: 60_000,
  deps: { optimizer: { ssr: { enabled: true, include: LIBRARIES } } },
};

export default defineConfig({
  root,
  test: {
    // Vitest leaves one processor free, which on a machine of two is half of it.
    maxWorkers: Number(process.env.VITEST_MAX_WORKERS ?? Math.max(2, availableParallelism() - 1)),
    projects: [
      {
        // What touches no storage runs in one runtime, file after file: a runtime a file was half of the time.
        plugins: [inWorkerd],
        cacheDir: `${root}/.wrangler/vite-core`,
        test: {
          ...common,
          name: "core",
          include: ["test/core/**/*.test.ts"],
          setupFiles: ["test/patience.ts"],
          isolate: false,
        },
      },
      {
        plugins: [inWorkerd],
        cacheDir: `${root}/.wrangler/vite`,
        test: {
          ...common,
          name: "worker",
          include: ["test/worker/**/*.test.ts", "test/contracts/**/*.test.ts"],
          exclude: ALONE,
          setupFiles: ["test/empty.ts", "test/setup.ts", "test/patience.ts"],
          isolate: false,
        },
      },
      {
        plugins: [inWorkerd],
        cacheDir: `${root}/.wrangler/vite-alone`,
        test: {
          ...common,
          name: "alone",
          include: ALONE,
          setupFiles: ["test/setup.ts", "test/patience.ts"],
        },
      },
    ],
  },
});
