import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { createConnector, runConnector, type RunDeps } from "../../src/connectors";
import { openDatabase } from "../../src/db/client";
import { calls, connectorFiles, connectors, inbound } from "../../src/db/schema";
import { FULL_REACH, systemAct } from "../../src/identity";
import { bringInOf, tellMoreOf } from "../../src/jobs/bring-in";
import { MINUTE } from "../../src/lib/time";
import { mintCampaign, mintOrganization, NOON, TEST_MASTER_KEYS } from "../factories";
import { fakeBucket } from "./fake-bucket";
import { newPipeline } from "./pipeline";

const db = openDatabase(env.DB);
const ANY = { allowPrivateAddresses: true, ownHosts: [] };

/** A connector of a fresh organization, its bucket, and a clock that the test moves. */
export async function newConnector(settings: object = {}) {
  let time = NOON;
  const now = () => time;
  const bucket = fakeBucket(now);
  const pipeline = newPipeline();
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const within = { organizationId: organization.id, reach: FULL_REACH };
  const made = await createConnector(
    { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: ANY },
    {
      ...within,
      kind: "s3",
      name: "Exchange",
      campaignId: campaign.id,
      settings: { endpoint: "https://s3.example.com", bucket: "calls", import_path: "/incoming/", ...settings },
      credentials: { access_key: "AK", secret_key: "secret" },
    },
    systemAct(NOON),
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const { id, sourceId } = made.value;
  const uploadDeps = { db, bucket: env.BUCKET, inbox: inboxOf(pipeline), now };
  const deps: RunDeps = {
    db,
    masterKeys: TEST_MASTER_KEYS,
    fetch: bucket.fetch as never,
    connect: () => {
      throw new Error("a bucket is no server");
    },
    guardPolicy: ANY,
    bringIn: bringInOf(uploadDeps),
    tellMore: tellMoreOf(uploadDeps),
    now,
  };
  return {
    id,
    deps,
    bucket,
    pipeline,
    campaign,
    within,
    target: { ...within, id },
    row: async () => (await db.select().from(connectors).where(eq(connectors.id, id)).get())!,
    files: () => db.select().from(connectorFiles).where(eq(connectorFiles.connectorId, id)),
    calls: () => db.select().from(calls).where(eq(calls.sourceId, sourceId)),
    notices: async () => {
      await pipeline.run();
      return db.select().from(inbound).where(eq(inbound.sourceId, sourceId));
    },
    /** Lets time pass, and the connector look. */
    look: async (after = 10 * MINUTE, other: Partial<RunDeps> = {}) => {
      time += after;
      return runConnector({ ...deps, ...other }, id);
    },
    at: () => time,
  };
}

/** The way into the queue of a pipeline. */
export function inboxOf(pipeline: ReturnType<typeof newPipeline>) {
  return { put: (message: unknown) => pipeline.env.INGEST_QUEUE.send(message) } as never;
}
