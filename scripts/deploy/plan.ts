import type { DeploySettings } from "./settings.ts";

/** One command of a deploy. `when` says what must be so for it to run; without it, it always does. */
export type Step = { title: string; args: string[]; when?: string };

/** What exists already; everything unknown is treated as missing. */
export type Existing = { databaseId: string | null; buckets: readonly string[]; queues: readonly string[] };

export type PlanPaths = { config: string; secretsFile: string };

/** The questions asked of the account before anything is changed. */
export function planQuestions(settings: DeploySettings, paths: PlanPaths): Step[] {
  return [
    { title: "who is logged in", args: ["whoami", "--json"] },
    { title: "which databases exist", args: ["d1", "list", "--json"] },
    { title: "which buckets exist", args: ["r2", "bucket", "list"] },
    { title: "which queues exist", args: ["queues", "list"] },
    { title: "which secrets are set", args: ["secret", "list", "--format", "json", "--name", settings.worker] },
    {
      title: "which PUBLIC_URL is deployed",
      args: ["deployments", "status", "--json", "--config", paths.config],
      when: "--url is not given and wrangler.toml leaves PUBLIC_URL empty",
    },
  ];
}

export function createDatabase(settings: DeploySettings): Step {
  return {
    title: `make the database ${settings.database.name}`,
    args: ["d1", "create", settings.database.name],
    when: "it does not exist",
  };
}

/** What has to be made besides the database. */
export function createOthers(settings: DeploySettings, existing: Existing): Step[] {
  const buckets = existing.buckets.includes(settings.bucket)
    ? []
    : [
        {
          title: `make the bucket ${settings.bucket}`,
          args: ["r2", "bucket", "create", settings.bucket],
          when: "it does not exist",
        },
      ];
  const queues = settings.queues
    .filter((name) => !existing.queues.includes(name))
    .map((name) => ({ title: `make the queue ${name}`, args: ["queues", "create", name], when: "it does not exist" }));
  return [...buckets, ...queues];
}

/** Counts what the master key has sealed: asked when the database is there and the key is not. */
export function countSealed(settings: DeploySettings, paths: PlanPaths): Step {
  const sql =
    "SELECT (SELECT count(*) FROM endpoints) + (SELECT count(*) FROM sources WHERE secrets IS NOT NULL) AS sealed";
  return {
    title: "what the missing MASTER_KEYS had sealed",
    args: [
      "d1",
      "execute",
      settings.database.binding,
      "--remote",
      "--json",
      "--config",
      paths.config,
      "--command",
      sql,
    ],
    when: "the database exists and MASTER_KEYS is not set",
  };
}

export function migrateDatabase(settings: DeploySettings, paths: PlanPaths): Step {
  return {
    title: "apply the migrations",
    args: ["d1", "migrations", "apply", settings.database.binding, "--remote", "--config", paths.config],
  };
}

export function deployWorker(paths: PlanPaths, withSecrets: boolean): Step {
  const secrets = withSecrets ? ["--secrets-file", paths.secretsFile] : [];
  return { title: "deploy the Worker", args: ["deploy", "--config", paths.config, ...secrets] };
}

export function proveBundle(paths: PlanPaths, outdir: string): Step {
  return { title: "bundle the Worker", args: ["deploy", "--dry-run", "--config", paths.config, "--outdir", outdir] };
}

/** The whole plan as if nothing existed: what `--dry-run` shows. */
export function planAll(settings: DeploySettings, paths: PlanPaths): Step[] {
  const nothing: Existing = { databaseId: null, buckets: [], queues: [] };
  return [
    ...planQuestions(settings, paths),
    createDatabase(settings),
    ...createOthers(settings, nothing),
    countSealed(settings, paths),
    migrateDatabase(settings, paths),
    {
      ...deployWorker(paths, true),
      when: `--secrets-file only for secrets not set yet (${settings.secrets.join(", ")})`,
    },
    {
      ...deployWorker(paths, false),
      title: "deploy again with PUBLIC_URL",
      when: "the address was not known before: the first deploy to workers.dev",
    },
  ];
}

export function renderCommand(args: readonly string[]): string {
  return ["wrangler", ...args]
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

export function renderPlan(steps: readonly Step[]): string {
  return steps
    .map(
      (step, index) =>
        `${String(index + 1).padStart(3)}. ${step.title}${step.when ? ` (if: ${step.when})` : ""}\n     ${renderCommand(step.args)}`,
    )
    .join("\n");
}
