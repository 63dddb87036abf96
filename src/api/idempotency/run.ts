import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, Next } from "hono";
import { openDatabase } from "../../db/client";
import { holdWrites, type HeldWrites } from "../../db/held-writes";
import { markActed, openAnswer, readKey, releaseKey, sealAnswer, storeAnswer, type Claim } from "../../identity";
import type { ApiDeps, ApiEnv } from "../router";
import { answerLost, isKept, keptAnswer, replaceAnswer, sendAgain, stillRunning } from "./answers";
import { rerun } from "./rerun";

export type Run = {
  claim: Claim;
  /** The hash of what was asked for, once the body was read. */
  fingerprint(): Promise<string | null>;
  /** The text of a body that can be sent to the operation once more; undefined: it can be carried out only at once. */
  body: string | undefined;
  app: () => OpenAPIHono<ApiEnv>;
};

/** Carries the operation out, with its answer stored in the batch of its change wherever that is one batch. */
export async function runOnce(c: Context<ApiEnv>, next: Next, run: Run): Promise<void> {
  const { deps } = c.var;
  const binding = deps.db.$client;
  const { claim } = run;
  const holds = run.body !== undefined;
  const held = holdWrites(binding, { holds, mark: (checked) => [markActed(binding, claim), checked] });
  const db = openDatabase(held.binding);
  c.set("deps", holds ? flushingFirst({ ...deps, db }, held.flush) : { ...deps, db });
  await next();
  c.set("deps", deps);
  if (!held.hasFailed() && (await keep(c, run, held))) return;
  await settleWithout(c, run, held.hasFailed());
}

/** Stores the answer, if it is to be stored. False: what was held could not be written. */
async function keep(c: Context<ApiEnv>, { claim, fingerprint }: Run, held: HeldWrites): Promise<boolean> {
  const { deps } = c.var;
  const binding = deps.db.$client;
  try {
    if (!isKept(c.res)) {
      await held.flush();
      return false;
    }
    const answer = await keptAnswer(c);
    const sealed = await sealAnswer(deps, claim, c.req.path, answer);
    const hash = await fingerprint();
    const isStored = await held.commit((checked) => [storeAnswer(binding, claim, sealed, hash), checked]);
    if (!isStored) await storeAnswer(binding, claim, sealed, hash).run();
    return true;
  } catch (cause) {
    if (held.hasFailed()) return false;
    // The change is made. That its answer is not kept, only who asks again will notice.
    console.error(JSON.stringify({ event: "idempotency.not_stored", key: claim.id, error: String(cause) }));
    return true;
  }
}

/** Ends a run whose answer is not stored. Where what was held was not written, nothing was done: it is done now. */
async function settleWithout(
  c: Context<ApiEnv>,
  { claim, body, app, fingerprint }: Run,
  failed: boolean,
): Promise<void> {
  const { deps } = c.var;
  const row = await readKey(deps.db, claim.id);
  if (row && row.claim !== claim.claim) return replaceAnswer(c, stillRunning(c));
  if (!failed) return releaseKey(deps.db, claim);
  const answer = row && (await openAnswer(deps, row));
  if (answer) return replaceAnswer(c, sendAgain(answer));
  if (row?.acted !== false || body === undefined) {
    await releaseKey(deps.db, claim);
    return replaceAnswer(c, answerLost(c));
  }
  return replaceAnswer(
    c,
    await rerun(c, app(), { claim, requestId: c.var.requestId, fingerprint: await fingerprint() }, body),
  );
}

/** What goes elsewhere goes after what is held: it may name it. */
function flushingFirst(deps: ApiDeps, flush: () => Promise<void>): ApiDeps {
  const after = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...given: unknown[]) => {
          await flush();
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
  const send = deps.sendResetLink;
  return {
    ...deps,
    bucket: after(deps.bucket),
    inbox: after(deps.inbox),
    nudges: after(deps.nudges),
    endpointObjects: after(deps.endpointObjects),
    mailer: deps.mailer && after(deps.mailer),
    fetch: async (...given: Parameters<typeof fetch>) => {
      await flush();
      return deps.fetch(...given);
    },
    ...(send && {
      sendResetLink: async (...given: Parameters<typeof send>) => {
        await flush();
        await send(...given);
      },
    }),
  };
}
