import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const root = `${import.meta.dirname}/..`;

// The secrets wrangler.toml requires. 32 zero bytes: a key for tests and nothing else.
process.env.MASTER_KEYS = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
process.env.OPERATOR_TOKEN = "operator-token-for-tests-only";

export default defineConfig(async () => ({
  root,
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${root}/wrangler.toml` },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`),
          PUBLIC_URL: "https://trunkline.test",
          ALLOW_PRIVATE_ADDRESSES: "true",
          // `npm run check:long` asks for so many times the usual runs of a property.
          ...(process.env.LONG ? { LONG: process.env.LONG } : {}),
        },
      },
    }),
  ],
  test: {
    include: ["test/core/**/*.test.ts", "test/worker/**/*.test.ts", "test/contracts/**/*.test.ts"],
    // For what hangs, not for what is slow: machines are noisy, and two processors may have ten other things to do.
    testTimeout: 60_000,
    setupFiles: ["test/setup.ts"],
  },
}));
