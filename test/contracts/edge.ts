import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ingestEdge } from "../../src/ingest";
import type { IngestMessage } from "../../src/queues/messages";
import { openDatabase } from "../../src/db/client";
import { sealSecrets } from "../../src/sources/config/secrets";
import { mintOrganization, mintSource, NOON, TEST_MASTER_KEYS } from "../factories";
import type { SourceCase } from "./source-case";

/** The real webhook routes with a clock that stands still, so that after the first request no database is asked. */
export type Edge = {
  url: string;
  /** The key that lets a keyed platform in. */
  apiKey: string;
  kept: IngestMessage[];
  log: Record<string, unknown>[];
  send(request: Request): Promise<Response>;
};

/**
 * Mints what the case's source needs: an organization with a key, and a source with the case's settings and secrets.
 */
export async function edgeOf({ source, config, signing }: SourceCase, now = signing?.now ?? NOON): Promise<Edge> {
  const db = openDatabase(env.DB);
  const organization = await mintOrganization(db);
  const row = await mintSource(db, organization.id, { kind: source.kind, settings: config.settings });
  if (config.secrets.length > 0) {
    const sealed = await sealSecrets(TEST_MASTER_KEYS, row.id, config.secrets);
    await env.DB.prepare("UPDATE sources SET secrets = ? WHERE id = ?").bind(sealed, row.id).run();
  }
  const kept: IngestMessage[] = [];
  const log: Record<string, unknown>[] = [];
  const ctx = createExecutionContext();
  const app = ingestEdge(() => ({
    db,
    bucket: { put: async () => null } as unknown as R2Bucket,
    inbox: { put: async (message) => void kept.push(message) },
    masterKeys: TEST_MASTER_KEYS,
    now: () => now,
    limits: { proven: async () => true, refused: async () => true },
    waitUntil: () => {},
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: () => Promise.reject(new Error("ingest fetches nothing in these tests")),
    pause: () => new Promise(() => {}),
    publicAddressOf: (request) => request.url,
    log: (line) => log.push(line),
  }));
  return {
    url: `https://trunkline.test/webhook/${source.kind}/${row.id}`,
    apiKey: organization.key,
    kept,
    log,
    send: async (request) => app.fetch(request, env, ctx),
  };
}
