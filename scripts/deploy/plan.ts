import type { DatabaseSettings, DeploySettings } from "./settings.ts";

/**
 * One command of a deploy. `when` is the condition under which it runs; without one, it always does. A step that
 * `makes` something succeeds if it exists already.
 */
export type Step = { title: string; args: string[]; when?: string; makes?: true };

/** What exists already; everything unknown is treated as missing. */
export type Existing = {
  databaseId: string | null;
  searchId: string | null;
  buckets: readonly string[];
  queues: readonly string[];
};

export type PlanPaths = { config: string; secretsFile: string };

/** The questions asked of the account before anything is changed. */
export const questions = {
  login: (): Step => ({ title: "who is logged in", args: ["whoami", "--json"] }),
  databases: (): Step => ({ title: "which databases exist", args: ["d1", "list", "--json"] }),
  buckets: (): Step => ({ title: "which buckets exist", args: ["r2", "bucket", "list"] }),
  queues: (page: number): Step => ({
    title: "which queues exist, page by page",
    args: ["queues", "list", "--page", String(page)],
  }),
  secrets: ({ worker }: DeploySettings): Step => ({
    title: "which secrets are set",
    args: ["secret", "list", "--format", "json", "--name", worker],
  }),
  deployment: ({ worker }: DeploySettings): Step => ({
    title: "which version is deployed",
    args: ["deployments", "status", "--json", "--name", worker],
    when: "--url is not given and wrangler.toml leaves PUBLIC_URL empty",
  }),
  version: ({ worker }: DeploySettings, versionId: string): Step => ({
    title: "which PUBLIC_URL it has",
    args: ["versions", "view", versionId, "--json", "--name", worker],
    when: "the same",
  }),
  /** What the master key has sealed. */
  sealed: ({ database }: DeploySettings, paths: PlanPaths): Step => ({
    title: "what a missing MASTER_KEYS had sealed",
    args: [
      "d1",
      "execute",
      database.binding,
      "--remote",
      "--json",
      "--config",
      paths.config,
      "--command",
      COUNT_SEALED,
    ],
    when: "the database exists, MASTER_KEYS is not set, and none is given",
  }),
};

const COUNT_SEALED =
  "SELECT (SELECT count(*) FROM endpoints) + (SELECT count(*) FROM sources WHERE secrets IS NOT NULL) AS sealed";

export function createDatabase({ name }: DatabaseSettings): Step {
  return make(`the database ${name}`, ["d1", "create", name]);
}

/** What has to be made besides the databases. */
export function createOthers(settings: DeploySettings, existing: Existing): Step[] {
  const buckets = [settings.bucket].filter((name) => !existing.buckets.includes(name));
  const queues = settings.queues.filter((name) => !existing.queues.includes(name));
  return [
    ...buckets.map((name) => make(`the bucket ${name}`, ["r2", "bucket", "create", name])),
    ...queues.map((name) => make(`the queue ${name}`, ["queues", "create", name])),
  ];
}

function make(what: string, args: string[]): Step {
  return { title: `make ${what}`, args, when: "it does not exist", makes: true };
}

export function migrateDatabase({ binding, name }: DatabaseSettings, paths: PlanPaths): Step {
  return {
    title: `apply the migrations of ${name}`,
    args: ["d1", "migrations", "apply", binding, "--remote", "--config", paths.config],
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
  const nothing: Existing = { databaseId: null, searchId: null, buckets: [], queues: [] };
  return [
    questions.login(),
    questions.databases(),
    questions.buckets(),
    questions.queues(1),
    questions.secrets(settings),
    questions.deployment(settings),
    questions.version(settings, "VERSION_ID"),
    createDatabase(settings.database),
    createDatabase(settings.search),
    ...createOthers(settings, nothing),
    questions.sealed(settings, paths),
    migrateDatabase(settings.database, paths),
    migrateDatabase(settings.search, paths),
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
