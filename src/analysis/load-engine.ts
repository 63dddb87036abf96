import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { engines, type EngineSettings } from "../db/schema";
import { contextOf } from "../db/sealed-places";
import { err, ok, type Result } from "../lib/result";
import { unseal, type MasterKeys } from "../lib/seal";
import {
  listEngines,
  LOCAL_ENGINE,
  MICROS_PER_MINUTE,
  offeredNames,
  WHISPER,
  whisperOf,
  WORKERS_AI_ENGINE,
  WORKERS_AI_MODEL,
  type EngineRow,
  type OfferedEngines,
} from "./engine-config";
import type { HttpEngine } from "./scores/http/contract";
import { openAiModel, workersAiModel } from "./scores/llm/models";
import { FIFTEEN, versionOf, type Criterion } from "./scores/rubric";
import type { ChatModel } from "./scores/llm/score-call";
import type { AskDeps } from "./transcription/ask";
import type { Transcriber } from "./transcription/contract";
import { deepgramTranscriber } from "./transcription/deepgram";
import { openAiTranscriber } from "./transcription/openai";
import { workersAiTranscriber } from "./transcription/workers-ai";

export type LoadDeps = AskDeps & { db: Database; masterKeys: MasterKeys; offeredEngines: OfferedEngines };

/** A language model, and the scores that it is asked for: `version` names both. */
export type Scorer = { model: ChatModel; criteria: readonly Criterion[]; version: string; microsPerMinute: number };

/** An engine that is ready to be asked: one that turns sound into words, or scores words, or is handed the recording. */
export type LoadedEngine =
  | { kind: "transcriber"; transcriber: Transcriber }
  | ({ kind: "scorer" } & Scorer)
  | { kind: "http"; engine: HttpEngine };

/**
 * The engine of this name, ready to be asked; else why there is none. `model`: another than it is set to, of those that it
 * may be asked for.
 */
export async function loadEngine(
  deps: LoadDeps,
  target: { organizationId: string; name: string; model?: string | undefined },
): Promise<Result<LoadedEngine, string>> {
  const { transcribeUrl, ai } = deps.offeredEngines;
  if (target.name === WHISPER) {
    const meant = whisperOf(deps.offeredEngines, await listEngines(deps.db, target.organizationId));
    if (meant !== undefined && meant !== WHISPER) return loadEngine(deps, { ...target, name: meant });
  }
  if (target.model !== undefined && offeredNames(deps.offeredEngines).includes(target.name))
    return noModel(target.model);
  if (target.name === LOCAL_ENGINE && transcribeUrl !== null)
    return transcribing(openAiTranscriber({ url: transcribeUrl, key: null, model: null, microsPerMinute: 0 }, deps));
  if (target.name === WORKERS_AI_ENGINE && ai !== null)
    return transcribing(workersAiTranscriber(ai, MICROS_PER_MINUTE.workersAi));
  if (target.name === WORKERS_AI_MODEL && ai !== null)
    return scoring(workersAiModel(ai, null), undefined, MICROS_PER_MINUTE.workersAiModel);
  const found = await deps.db
    .select()
    .from(engines)
    .where(and(eq(engines.organizationId, target.organizationId), eq(engines.name, target.name)))
    .get();
  if (!found) return err("unknown_engine: it was deleted, or this deployment does not have it");
  const settings = settingsFor(found, target.model);
  if (!settings) return noModel(target.model ?? "");
  const { id, kind, credentials } = found;
  const key =
    credentials === null ? null : await unseal(deps.masterKeys, contextOf("engines.credentials", id), credentials);
  if (kind === "deepgram") return transcribing(deepgramTranscriber({ ...settings, key }, deps));
  if (settings.url === null) return err("unknown_engine: it has no address");
  const { url, microsPerMinute } = settings;
  if (kind === "http") return ok({ kind, engine: { url, key, microsPerMinute } });
  if (kind === "llm") return scoring(openAiModel({ ...settings, url, key }, deps), settings.scores, microsPerMinute);
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

/** The settings of an engine for a model of it; undefined for one that it does not have. */
function settingsFor({ settings }: Pick<EngineRow, "settings">, model: string | undefined): EngineSettings | undefined {
  if (model === undefined || model === settings.model) return settings;
  const other = settings.otherModels?.find((one) => one.model === model);
  return other && { ...settings, ...other };
}

function noModel(model: string): Result<never, string> {
  return err(`unknown_model: the engine cannot be asked for ${model}`);
}

async function scoring(
  model: ChatModel,
  own: EngineSettings["scores"],
  microsPerMinute: number,
): Promise<Result<LoadedEngine, never>> {
  const criteria = own === undefined || own.length === 0 ? FIFTEEN : own;
  return ok({ kind: "scorer", model, criteria, version: await versionOf(model.version, own), microsPerMinute });
}

function transcribing(transcriber: Transcriber): Result<LoadedEngine, never> {
  return ok({ kind: "transcriber", transcriber });
}
