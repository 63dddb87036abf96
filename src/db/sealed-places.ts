import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { SealContext } from "../lib/seal";
import {
  campaignActions,
  companySecrets,
  connectors,
  endpoints,
  engines,
  idempotencyKeys,
  sources,
  userTotp,
} from "./schema";

type Place = {
  /** The column of the row's key, which names the row in the context. */
  key: SQLiteColumn;
  column: SQLiteColumn;
  /** What is authenticated with the value. Stored values depend on it, so it never changes. */
  context(id: string, part: string): string;
  /** `values`: the column is a JSON object whose values are sealed one by one, marked as `sealed-header.ts` does. */
  form: "value" | "values";
};

/**
 * Every column that holds sealed values. To seal takes a place of this list, and the job that seals anew works through
 * it.
 */
export const SEALED_PLACES = {
  "sources.secrets": {
    key: sources.id,
    column: sources.secrets,
    context: (id) => `sources:${id}`,
    form: "value",
  },
  "sources.credentials": {
    key: sources.id,
    column: sources.credentials,
    context: (id) => `sources:${id}:credentials`,
    form: "value",
  },
  "connectors.credentials": {
    key: connectors.id,
    column: connectors.credentials,
    context: (id) => `connectors:${id}:credentials`,
    form: "value",
  },
  "company_secrets.secrets": {
    key: companySecrets.organizationId,
    column: companySecrets.secrets,
    context: (id) => `company:${id}`,
    form: "value",
  },
  "engines.credentials": {
    key: engines.id,
    column: engines.credentials,
    context: (id) => `engines:${id}`,
    form: "value",
  },
  "campaign_actions.secrets": {
    key: campaignActions.campaignId,
    column: campaignActions.secrets,
    context: (id) => `campaign_actions:${id}`,
    form: "value",
  },
  "user_totp.secret": {
    key: userTotp.userId,
    column: userTotp.secret,
    context: (id) => `user_totp ${id}`,
    form: "value",
  },
  "endpoints.secrets": {
    key: endpoints.id,
    column: endpoints.secrets,
    context: (id) => `endpoint:${id}`,
    form: "value",
  },
  "endpoints.headers": {
    key: endpoints.id,
    column: endpoints.headers,
    context: (id, name) => `endpoint:${id}:header:${name}`,
    form: "values",
  },
  // One that is too large for its row is in R2, where it is not sealed anew: it is kept for a day.
  "idempotency_keys.answer": {
    key: idempotencyKeys.id,
    column: idempotencyKeys.answer,
    context: (id) => `idempotency:${id}`,
    form: "value",
  },
} as const satisfies Record<string, Place>;

export type SealedPlace = keyof typeof SEALED_PLACES;

/** The context of the value at a place in the row `id`; `part` names one of several values of a column. */
export function contextOf(place: SealedPlace, id: string, part = ""): SealContext {
  const { context }: Place = SEALED_PLACES[place];
  return context(id, part) as SealContext;
}
