import { z } from "zod";
import { ok, type Result } from "../../../lib/result";
import { SECOND } from "../../../lib/time";
import { askServer, failure, IDEMPOTENCY_KEY, type AskDeps } from "../../transcription/ask";
import type { TranscriptionFailure } from "../../transcription/contract";
import type { WorkersAi } from "../../transcription/workers-ai";
import type { ChatModel } from "./score-call";

const completion = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

/** Models take their time over a long call. */
const PATIENCE = 120 * SECOND;
/** Fifteen scores of two channels with their quotes are some 3,000 tokens. */
const MOST_TOKENS = 6_000;
const OPENAI_MODEL = "gpt-4o-mini";
const WORKERS_AI_MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";

type Options = { url: string; key: string | null; model: string | null };

/** Any server that speaks OpenAI's `/v1/chat/completions`. */
export function openAiModel({ url, key, model }: Options, deps: AskDeps): ChatModel {
  const version = model ?? OPENAI_MODEL;
  return {
    version,
    async ask(messages, schema, { strict = true, idempotencyKey } = {}) {
      const body = JSON.stringify({
        model: version,
        messages,
        temperature: 0,
        max_tokens: MOST_TOKENS,
        ...(schema !== null && {
          response_format: { type: "json_schema", json_schema: { name: "answer", strict, schema } },
        }),
      });
      const headers = {
        "content-type": "application/json",
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(idempotencyKey !== undefined && { [IDEMPOTENCY_KEY]: idempotencyKey }),
      };
      const answered = await askServer(deps, completionsOf(url), { headers, body }, PATIENCE);
      if (!answered.ok) return answered;
      const read = completion.safeParse(answered.value);
      return read.success
        ? ok(read.data.choices[0]!.message.content)
        : failure("bad_answer", "the answer is no chat completion");
    },
  };
}

/** A language model on Cloudflare, by the binding AI. */
export function workersAiModel(ai: WorkersAi, model: string | null): ChatModel {
  const name = model ?? WORKERS_AI_MODEL;
  return {
    version: name.split("/").at(-1) ?? name,
    async ask(messages, schema) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), PATIENCE);
      });
      const input = {
        messages,
        temperature: 0,
        max_tokens: MOST_TOKENS,
        ...(schema !== null && { response_format: { type: "json_schema", json_schema: schema } }),
      };
      try {
        const answered = await Promise.race([ai.run(name, input), late]);
        if (answered === "late") return failure("timeout", `no answer within ${PATIENCE / SECOND} seconds`);
        return responseOf(answered);
      } catch (cause) {
        const detail = cause instanceof Error ? cause.message.slice(0, 200) : "no answer";
        return failure(/capacity|rate|limit|429/i.test(detail) ? "busy" : "down", detail);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** With a schema the response is the object itself, without one a text. */
function responseOf(answered: unknown): Result<string, TranscriptionFailure> {
  const { response } = (answered ?? {}) as { response?: unknown };
  if (typeof response === "string") return ok(response);
  if (typeof response === "object" && response !== null) return ok(JSON.stringify(response));
  return failure("bad_answer", "the answer has no response");
}

/** People enter the server's address, or that of its API, or the whole. */
function completionsOf(url: string): string {
  const base = url.replace(/\/+$/, "");
  if (base.endsWith("/chat/completions")) return base;
  return /\/v\d+$/.test(base) ? `${base}/chat/completions` : `${base}/v1/chat/completions`;
}
