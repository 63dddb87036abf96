import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { engines, type EngineSettings } from "../db/schema";
import { contextOf } from "../db/sealed-places";
import { invalid, notFound, type DomainError } from "../errors";
import type { Act } from "../identity";
import { newId } from "../lib/id";
import { checkUrl, type GuardPolicy } from "../lib/network-guard";
import { err, ok, type Result } from "../lib/result";
import { seal, unseal, type MasterKeys } from "../lib/seal";
import { REDACTION_ENGINE } from "../recordings";
import type { AskDeps } from "./transcription/ask";
import type { Transcriber } from "./transcription/contract";
import { deepgramTranscriber } from "./transcription/deepgram";
import { openAiTranscriber } from "./transcription/openai";
import { workersAiTranscriber, type WorkersAi } from "./transcription/workers-ai";
import { openAiModel, workersAiModel } from "./scores/llm/models";
import type { HttpEngine } from "./scores/http/contract";
import type { ChatModel } from "./scores/llm/score-call";

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

/** What is entered; without a key its server is asked without one. */
export type EngineInput = {
  name: string;
  kind: EngineKind;
  url: string | null;
  model: string | null;
  microsPerMinute: number | null;
  key: string | null;
};

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

/** What an engine asks for a minute, in micros: of the recording's length, or of the speech in it. */
export type EnginePrice = { name: string; byLength: boolean; microsPerMinute: number };

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
  const own = rows.map(({ name, kind, settings: { microsPerMinute } }) => ({
    name,
    byLength: kind === "http",
    microsPerMinute,
  }));
  const given = offeredNames(offered).map((name) => ({
    name,
    byLength: false,
    microsPerMinute: ofDeployment[name] ?? 0,
  }));
  const all = [...given, ...own];
  const meant = all.some(({ name }) => name === WHISPER) ? undefined : whisperOf(offered, rows);
  const whisper = all.find(({ name }) => name === meant);
  return whisper ? [...all, { ...whisper, name: WHISPER }] : all;
}

/** The engine that `whisper` means: the organization's of that name, the deployment's, its first that speaks as OpenAI. */
function whisperOf(offered: OfferedEngines, rows: readonly EngineRow[]): string | undefined {
  if (rows.some(({ name }) => name === WHISPER)) return WHISPER;
  return offeredNames(offered)[0] ?? rows.find(({ kind }) => kind === "openai")?.name;
}

export function offeredNames({ transcribeUrl, ai }: OfferedEngines): string[] {
  return [
    ...(transcribeUrl === null ? [] : [LOCAL_ENGINE]),
    ...(ai === null ? [] : [WORKERS_AI_ENGINE, WORKERS_AI_MODEL]),
  ];
}

export type LoadDeps = AskDeps & { db: Database; masterKeys: MasterKeys; offeredEngines: OfferedEngines };

/** An engine that is ready to be asked: one that turns sound into words, or scores words, or is handed the recording. */
export type LoadedEngine =
  | { kind: "transcriber"; transcriber: Transcriber }
  | { kind: "scorer"; model: ChatModel; microsPerMinute: number }
  | { kind: "http"; engine: HttpEngine };

/** The engine of this name, ready to be asked; else why there is none. */
export async function loadEngine(
  deps: LoadDeps,
  target: { organizationId: string; name: string },
): Promise<Result<LoadedEngine, string>> {
  const { transcribeUrl, ai } = deps.offeredEngines;
  if (target.name === WHISPER) {
    const meant = whisperOf(deps.offeredEngines, await listEngines(deps.db, target.organizationId));
    if (meant !== undefined && meant !== WHISPER) return loadEngine(deps, { ...target, name: meant });
  }
  if (target.name === LOCAL_ENGINE && transcribeUrl !== null)
    return transcribing(openAiTranscriber({ url: transcribeUrl, key: null, model: null, microsPerMinute: 0 }, deps));
  if (target.name === WORKERS_AI_ENGINE && ai !== null)
    return transcribing(workersAiTranscriber(ai, MICROS_PER_MINUTE.workersAi));
  if (target.name === WORKERS_AI_MODEL && ai !== null)
    return ok({ kind: "scorer", model: workersAiModel(ai, null), microsPerMinute: MICROS_PER_MINUTE.workersAiModel });
  const found = await deps.db
    .select()
    .from(engines)
    .where(and(eq(engines.organizationId, target.organizationId), eq(engines.name, target.name)))
    .get();
  if (!found) return err("unknown_engine: it was deleted, or this deployment does not have it");
  const { id, kind, settings, credentials } = found;
  const key =
    credentials === null ? null : await unseal(deps.masterKeys, contextOf("engines.credentials", id), credentials);
  if (kind === "deepgram") return transcribing(deepgramTranscriber({ ...settings, key }, deps));
  if (settings.url === null) return err("unknown_engine: it has no address");
  const { url, microsPerMinute } = settings;
  if (kind === "http") return ok({ kind, engine: { url, key, microsPerMinute } });
  if (kind === "llm")
    return ok({ kind: "scorer", model: openAiModel({ ...settings, url, key }, deps), microsPerMinute });
  return transcribing(openAiTranscriber({ ...settings, url, key }, deps));
}

/** The key of an engine of the organization; null where it has none, or is not there. */
export async function loadEngineKey(
  { db, masterKeys }: Pick<LoadDeps, "db" | "masterKeys">,
  { organizationId, name }: { organizationId: string; name: string },
): Promise<string | null> {
  const found = await db
    .select({ id: engines.id, credentials: engines.credentials })
    .from(engines)
    .where(and(eq(engines.organizationId, organizationId), eq(engines.name, name)))
    .get();
  return found?.credentials ? unseal(masterKeys, contextOf("engines.credentials", found.id), found.credentials) : null;
}

function transcribing(transcriber: Transcriber): Result<LoadedEngine, never> {
  return ok({ kind: "transcriber", transcriber });
}

async function checkSettings(
  { guardPolicy }: Pick<ConfigDeps, "guardPolicy">,
  kind: EngineKind,
  { url, model, microsPerMinute }: Pick<EngineInput, "url" | "model" | "microsPerMinute">,
): Promise<Result<EngineSettings, DomainError>> {
  if (url === null && kind !== "deepgram") return refusedUrl("An engine of this kind needs its address.");
  if (url !== null) {
    const checked = await checkUrl(url, guardPolicy);
    if (!checked.ok) return refusedUrl(checked.error.message);
  }
  return ok({ url, model, microsPerMinute: microsPerMinute ?? MICROS_PER_MINUTE[kind] });
}

function refusedUrl(message: string): Result<never, DomainError> {
  return err(invalid("url", message));
}

function taken(message: string): DomainError {
  return { kind: "conflict", message };
}

async function sealKey(keys: MasterKeys, id: string, key: string | null): Promise<string | null> {
  return key === null ? null : seal(keys, contextOf("engines.credentials", id), key);
}
