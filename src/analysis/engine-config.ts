import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { engines, type EngineSettings, type OwnScore } from "../db/schema";
import { contextOf } from "../db/sealed-places";
import { invalid, notFound, type DomainError } from "../errors";
import type { Act } from "../identity";
import { newId } from "../lib/id";
import { checkUrl, type GuardPolicy } from "../lib/network-guard";
import { err, ok, type Result } from "../lib/result";
import { seal, type MasterKeys } from "../lib/seal";
import { REDACTION_ENGINE } from "../recordings";
import { wrongScores } from "./scores/rubric";
import type { WorkersAi } from "./transcription/workers-ai";

export type EngineRow = typeof engines.$inferSelect;
export type EngineKind = EngineRow["kind"];

/** What the deployment has for all of its organizations: a server beside `npm start`, Cloudflare's own models. */
export type OfferedEngines = { transcribeUrl: string | null; ai: WorkersAi | null };

/** Names of engines that are not an organization's to give. */
export const LOCAL_ENGINE = "local";
export const WORKERS_AI_ENGINE = "workers-ai";
/**
 * The name that AuthentiVoice prints: an engine that was given it, else whatever runs Whisper or is asked as OpenAI's is.
 */
export const WHISPER = "whisper";
/** The language model of the same. */
export const WORKERS_AI_MODEL = "workers-ai-model";
const RESERVED = new Set([
  LOCAL_ENGINE,
  WORKERS_AI_ENGINE,
  WORKERS_AI_MODEL,
  "trunkline-acoustic",
  REDACTION_ENGINE,
  "platform",
  "indicators",
  "none",
]);

/**
 * Millionths of a dollar for a minute of audio, where an organization says nothing else. Workers AI's page of prices,
 * read on 2026-11-21; deepgram.com/pricing for recordings, pay as you go, as of 2026-08-01; OpenAI's whisper-1. Language
 * models are paid by the word: theirs is an estimate for a minute of talk with a small model, made once for each call.
 */
export const MICROS_PER_MINUTE = {
  workersAi: 510,
  deepgram: 7_700,
  openai: 6_000,
  llm: 500,
  workersAiModel: 1_000,
  http: 0,
} as const;

/** Whether an engine of an organization can be asked for this model: the one that it is set to, or another of its own. */
export function hasModel({ settings }: Pick<EngineRow, "settings">, model: string): boolean {
  return model === settings.model || (settings.otherModels ?? []).some((one) => one.model === model);
}

/** What is entered; without a key its server is asked without one. */
export type EngineInput = {
  name: string;
  kind: EngineKind;
  url: string | null;
  model: string | null;
  microsPerMinute: number | null;
  key: string | null;
  /** Models of the same server that calls may be heard again with. Not given: none, or as they are. */
  otherModels?: readonly OtherModel[];
  /** What a language model is asked for. Not given: Voicesense's fifteen names, or as it is. */
  scores?: readonly OwnScore[];
};

export type OtherModel = NonNullable<EngineSettings["otherModels"]>[number];

/** Other models of one engine. */
export const MOST_OTHER_MODELS = 20;

type ConfigDeps = { db: Database; masterKeys: MasterKeys; guardPolicy: GuardPolicy };

export function listEngines(db: Database, organizationId: string): Promise<EngineRow[]> {
  return db.select().from(engines).where(eq(engines.organizationId, organizationId)).orderBy(asc(engines.name));
}

type Target = { organizationId: string; id: string };

export async function readEngine(db: Database, target: Target): Promise<Result<EngineRow, DomainError>> {
  const row = await db.select().from(engines).where(named(target)).get();
  return row ? ok(row) : err(notFound("engine"));
}

function named({ organizationId, id }: Target) {
  return and(eq(engines.organizationId, organizationId), eq(engines.id, id));
}

/** Adds an engine. Its address passes the network guard now, and again whenever it is asked. */
export async function createEngine(
  deps: ConfigDeps,
  organizationId: string,
  input: EngineInput,
  { now }: Act,
): Promise<Result<EngineRow, DomainError>> {
  if (RESERVED.has(input.name)) return err(taken(`An engine of Trunkline has the name ${input.name}.`));
  const checked = await checkSettings(deps, input.kind, input);
  if (!checked.ok) return checked;
  const id = newId("eng", now);
  const row = await deps.db
    .insert(engines)
    .values({
      id,
      organizationId,
      name: input.name,
      kind: input.kind,
      settings: checked.value,
      credentials: await sealKey(deps.masterKeys, id, input.key),
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning()
    .get();
  return row ? ok(row) : err(taken(`There is an engine of the name ${input.name} already.`));
}

/** Changes what is given. A key is replaced, or taken away by null; it is never read. */
export async function updateEngine(
  deps: ConfigDeps,
  target: Target,
  changes: Partial<Omit<EngineInput, "name" | "kind">>,
): Promise<Result<EngineRow, DomainError>> {
  const found = await readEngine(deps.db, target);
  if (!found.ok) return found;
  const { id, kind, settings, credentials } = found.value;
  const checked = await checkSettings(deps, kind, { ...settings, ...changes });
  if (!checked.ok) return checked;
  // A new address does not get the key that was meant for the old one.
  const isMoved = checked.value.url !== settings.url;
  const kept = changes.key === undefined ? (isMoved ? null : credentials) : undefined;
  const row = await deps.db
    .update(engines)
    .set({
      settings: checked.value,
      credentials: kept === undefined ? await sealKey(deps.masterKeys, id, changes.key ?? null) : kept,
    })
    .where(named(target))
    .returning()
    .get();
  return row ? ok(row) : err(notFound("engine"));
}

/** Deletes an engine. What it found stays; campaigns that name it go on without. */
export async function deleteEngine(db: Database, target: Target): Promise<Result<EngineRow, DomainError>> {
  const row = await db.delete(engines).where(named(target)).returning().get();
  return row ? ok(row) : err(notFound("engine"));
}

/** The names that campaigns may choose from: those of the deployment, then the organization's own. */
export async function engineNames(db: Database, offered: OfferedEngines, organizationId: string): Promise<string[]> {
  const rows = await listEngines(db, organizationId);
  const names = [...offeredNames(offered), ...rows.map(({ name }) => name)];
  const isMeant = !names.includes(WHISPER) && whisperOf(offered, rows) !== undefined;
  return isMeant ? [...names, WHISPER] : names;
}

/** The names of the language models among them. */
export async function modelNames(db: Database, { ai }: OfferedEngines, organizationId: string): Promise<string[]> {
  const own = (await listEngines(db, organizationId)).flatMap(({ name, kind }) => (kind === "llm" ? [name] : []));
  return [...(ai === null ? [] : [WORKERS_AI_MODEL]), ...own];
}

/**
 * What an engine asks for a minute, in micros: of the recording's length, or of the speech in it. `model`: null for the one
 * that it is set to, else another that may be chosen. `isModel`: a language model, which is asked once more where the
 * campaign wants to know what its calls were about.
 */
export type EnginePrice = {
  name: string;
  model: string | null;
  byLength: boolean;
  isModel: boolean;
  microsPerMinute: number;
};

/** The prices of all engines that campaigns may choose from, in the order of their names there. */
export async function enginePrices(
  db: Database,
  offered: OfferedEngines,
  organizationId: string,
): Promise<EnginePrice[]> {
  const rows = await listEngines(db, organizationId);
  const ofDeployment: Record<string, number> = {
    [WORKERS_AI_ENGINE]: MICROS_PER_MINUTE.workersAi,
    [WORKERS_AI_MODEL]: MICROS_PER_MINUTE.workersAiModel,
  };
  const own = rows.flatMap(({ name, kind, settings: { microsPerMinute, otherModels = [] } }) =>
    [{ model: null, microsPerMinute }, ...otherModels].map((one) => ({
      ...one,
      name,
      byLength: kind === "http",
      isModel: kind === "llm",
    })),
  );
  const given = offeredNames(offered).map((name) => ({
    name,
    model: null,
    byLength: false,
    isModel: name === WORKERS_AI_MODEL,
    microsPerMinute: ofDeployment[name] ?? 0,
  }));
  const all = [...given, ...own];
  const meant = all.some(({ name }) => name === WHISPER) ? undefined : whisperOf(offered, rows);
  const whisper = all.find(({ name }) => name === meant);
  return whisper ? [...all, { ...whisper, name: WHISPER }] : all;
}

/** The engine that `whisper` means: the organization's of that name, the deployment's, its first that speaks as OpenAI. */
export function whisperOf(offered: OfferedEngines, rows: readonly EngineRow[]): string | undefined {
  if (rows.some(({ name }) => name === WHISPER)) return WHISPER;
  return offeredNames(offered)[0] ?? rows.find(({ kind }) => kind === "openai")?.name;
}

export function offeredNames({ transcribeUrl, ai }: OfferedEngines): string[] {
  return [
    ...(transcribeUrl === null ? [] : [LOCAL_ENGINE]),
    ...(ai === null ? [] : [WORKERS_AI_ENGINE, WORKERS_AI_MODEL]),
  ];
}

async function checkSettings(
  { guardPolicy }: Pick<ConfigDeps, "guardPolicy">,
  kind: EngineKind,
  { url, model, microsPerMinute, otherModels = [], scores = [] }: Omit<EngineInput, "name" | "kind" | "key">,
): Promise<Result<EngineSettings, DomainError>> {
  if (url === null && kind !== "deepgram") return refusedUrl("An engine of this kind needs its address.");
  if (url !== null) {
    const checked = await checkUrl(url, guardPolicy);
    if (!checked.ok) return refusedUrl(checked.error.message);
  }
  const others = new Set(otherModels.map((one) => one.model));
  if (others.size > 0 && kind === "http") return wrongModels("An engine of this kind has no models to choose from.");
  if (others.size < otherModels.length || others.has(model ?? "")) return wrongModels("is used twice");
  if (scores.length > 0 && kind !== "llm")
    return err(invalid("scores", "Only engines of the kind llm are asked for scores."));
  const wrong = wrongScores(scores);
  if (wrong) return err(wrong);
  return ok({
    url,
    model,
    microsPerMinute: microsPerMinute ?? MICROS_PER_MINUTE[kind],
    ...(otherModels.length > 0 && { otherModels: [...otherModels] }),
    ...(scores.length > 0 && { scores: [...scores] }),
  });
}

function refusedUrl(message: string): Result<never, DomainError> {
  return err(invalid("url", message));
}

function wrongModels(message: string): Result<never, DomainError> {
  return err(invalid("other_models", message));
}

function taken(message: string): DomainError {
  return { kind: "conflict", message };
}

async function sealKey(keys: MasterKeys, id: string, key: string | null): Promise<string | null> {
  return key === null ? null : seal(keys, contextOf("engines.credentials", id), key);
}
