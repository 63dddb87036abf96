import { unstable_readConfig } from "wrangler";
import { Trouble } from "../trouble.ts";

export type DatabaseSettings = { binding: string; name: string };

/** What is to be deployed, as wrangler.toml names it. */
export type DeploySettings = {
  worker: string;
  database: DatabaseSettings;
  /** The index that calls are searched in. */
  search: DatabaseSettings;
  bucket: string;
  /** Work queues first, then their dead-letter queues. */
  queues: string[];
  secrets: string[];
  /** A fixed PUBLIC_URL, or "" to take the address deployed to. */
  publicUrl: string;
};

export function readDeploySettings(configPath: string): DeploySettings {
  const config = unstable_readConfig({ config: configPath });
  const [database, search, ...otherDatabases] = config.d1_databases;
  const [bucket, ...otherBuckets] = config.r2_buckets;
  if (
    !config.name ||
    !database?.database_name ||
    !search?.database_name ||
    !bucket?.bucket_name ||
    otherDatabases.length > 0 ||
    otherBuckets.length > 0
  ) {
    throw new Trouble(
      "wrangler.toml must name one Worker, two D1 databases and one R2 bucket: npm run deploy knows no more than that",
    );
  }
  return {
    worker: config.name,
    database: { binding: database.binding, name: database.database_name },
    search: { binding: search.binding, name: search.database_name },
    bucket: bucket.bucket_name,
    queues: orderQueues(config.queues),
    secrets: config.secrets?.required ?? [],
    publicUrl: typeof config.vars.PUBLIC_URL === "string" ? config.vars.PUBLIC_URL : "",
  };
}

type Queues = { producers?: { queue?: string }[]; consumers?: { queue: string; dead_letter_queue?: string }[] };

/** Every queue that is sent to, consumed or a dead-letter queue, once. */
function orderQueues({ producers = [], consumers = [] }: Queues): string[] {
  const work = [...producers.map((one) => one.queue ?? ""), ...consumers.map((one) => one.queue)];
  const dead = consumers.map((one) => one.dead_letter_queue ?? "");
  const names = [...work.filter((name) => !dead.includes(name)), ...dead].filter((name) => name !== "");
  return [...new Set(names)];
}
