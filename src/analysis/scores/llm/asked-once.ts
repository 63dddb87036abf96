import { digestOf } from "../../../lib/id";
import type { EngineRun } from "../../engine-run";
import { ok } from "../../../lib/result";
import { TRANSCRIPTS_PREFIX } from "../../transcription/kept";
import type { ChatModel } from "./score-call";

/**
 * What a model is asked for: `folder` is an id of the kind `ana_…` of the call, under which answers wait, and are swept and
 * erased with its transcripts; `name` is the same for every try at one piece of work, and another for each that is meant
 * anew.
 */
export type Occasion = { folder: string; name: string };

/** The occasion's name of a run of an engine. */
export function occasionOf({ engine, claimsBefore }: Pick<EngineRun, "engine" | "claimsBefore">): string {
  return `${engine}-${claimsBefore}`;
}

/**
 * The model, asked no question twice on one occasion. What it answers is kept before anything is made of it, so whoever
 * comes after a crash reads it from there. A question whose answer was on its way is sent again under the same key, by which
 * a server can know it. Where the storage fails the model is asked all the same.
 */
export function askedOnce(bucket: R2Bucket, { folder, name }: Occasion, model: ChatModel): ChatModel {
  return {
    version: model.version,
    async ask(messages, schema, options = {}) {
      const question = messages.flatMap(({ role, content }) => [role, content]);
      const idempotencyKey = await digestOf([folder, name, model.version, JSON.stringify(schema), ...question]);
      const key = `${TRANSCRIPTS_PREFIX}${folder}/said-${idempotencyKey}`;
      const kept = await bucket.get(key).catch(() => null);
      if (kept) return ok(await kept.text());
      const answered = await model.ask(messages, schema, { ...options, idempotencyKey });
      if (answered.ok)
        await bucket.put(key, answered.value, { customMetadata: { occasion: name } }).catch((cause: unknown) => {
          console.error(JSON.stringify({ event: "engine.answer_not_kept", folder, error: String(cause) }));
        });
      return answered;
    },
  };
}

/** How many answers are kept of an occasion. */
export async function countAnswers(bucket: R2Bucket, { folder, name }: Occasion): Promise<number> {
  let [count, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const prefix = `${TRANSCRIPTS_PREFIX}${folder}/said-`;
    const page: R2Objects = await bucket.list({ prefix, include: ["customMetadata"], ...(cursor && { cursor }) });
    count += page.objects.filter(({ customMetadata }) => customMetadata?.["occasion"] === name).length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return count;
}
