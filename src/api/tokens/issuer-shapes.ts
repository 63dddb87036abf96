import { z } from "@hono/zod-openapi";
import {
  ALGORITHMS,
  idleScopesOf,
  KEY_ROLES,
  MAX_RULE_CAMPAIGNS,
  MAX_RULES,
  permissionsOf,
  ROLES,
  SCOPES,
  type RoleName,
  type TokenIssuer,
  type TokenRule,
  type TriedToken,
} from "../../identity";
import { toIso } from "../../lib/time";

const rule = z
  .strictObject({
    claim: z
      .string()
      .min(1)
      .max(200)
      .describe("The name of a claim, or a JSON pointer to one inside others: `/realm_access/roles`."),
    value: z.string().min(1).max(200).describe("What the claim is, or what its list contains."),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional(),
    role: z.enum(KEY_ROLES as [RoleName, ...RoleName[]]).optional(),
    campaigns: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(MAX_RULE_CAMPAIGNS)
      .optional()
      .describe("The campaigns that the rule is good for. Without it: all of them."),
  })
  .refine(({ scopes, role }) => (scopes === undefined) !== (role === undefined), {
    message: "needs either scopes or a role",
    path: ["scopes"],
  });

const fields = {
  name: z.string().trim().min(1).max(200),
  issuer: z.string().min(1).max(500).describe("The claim `iss` of its tokens, to the letter."),
  audience: z
    .string()
    .min(1)
    .max(500)
    .describe("What the claim `aud` of its tokens contains. Without it: `urn:trunkline:` and the organization's id."),
  jwks_url: z.string().max(2_000).describe("Where it publishes its keys (JWKS)."),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .max(ALGORITHMS.length)
    .describe("How its tokens may be signed. By default RS256 only."),
  rules: z
    .array(rule)
    .max(MAX_RULES)
    .describe(
      "What tokens may do: the rights of all rules that apply. Without rules: nothing. A new rule all of whose scopes do nothing in its campaigns is refused.",
    ),
};

const { audience, algorithms, rules } = fields;

export const newIssuer = z.strictObject({
  ...fields,
  audience: audience.optional(),
  algorithms: algorithms.optional(),
  rules: rules.optional(),
});

export const changedIssuer = z.strictObject(fields).partial();

const example = {
  id: "iss_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Acme sign-in",
  issuer: "https://acme.eu.auth0.com/",
  audience: "urn:trunkline:org_01k3a7w8q0m4x2c9v5b6n7p8r0",
  jwks_url: "https://acme.eu.auth0.com/.well-known/jwks.json",
  algorithms: ["RS256"],
  rules: [
    { claim: "permissions", value: "read:calls", scopes: ["calls:read"], role: null, campaigns: null, idle_scopes: [] },
  ],
  created_at: "2026-08-20T14:00:00.000Z",
  created_by: "key_01k3a7w8q0m4x2c9v5b6n7p8r0",
  updated_at: "2026-08-20T14:00:00.000Z",
  keys_fetched_at: null,
  keys_error: null,
};

export const tokenIssuer = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string(),
    audience: z.string(),
    jwks_url: z.string(),
    algorithms: z.array(z.string()),
    rules: z.array(
      z.object({
        claim: z.string(),
        value: z.string(),
        scopes: z.array(z.string()).nullable().describe("Null: everything."),
        role: z.string().nullable().describe("The role that the scopes were taken from."),
        campaigns: z.array(z.string()).nullable().describe("Null: all."),
        idle_scopes: z
          .array(z.string())
          .describe("Those of its scopes that do nothing in its campaigns: they are for the whole organization."),
      }),
    ),
    created_at: z.iso.datetime(),
    created_by: z.string(),
    updated_at: z.iso.datetime(),
    keys_fetched_at: z.iso.datetime().nullable().describe("When its keys were fetched last."),
    keys_error: z.string().nullable().describe("Why the last question for its keys failed."),
  })
  .openapi("TokenIssuer", { example });

export const triedToken = z
  .object({
    valid: z.boolean(),
    reason: z.string().nullable().describe("Why it is not accepted, as a word."),
    actor: z.string().nullable().describe("Who its requests are from."),
    scopes: z.array(z.string()).nullable().describe("What it may do; null with `valid`: everything."),
    campaigns: z.array(z.string()).nullable().describe("Where it may do that; null with `valid`: in all campaigns."),
    expires_at: z.iso.datetime().nullable().describe("When it ends here, clock skew included."),
    keys_fetched_at: z.iso.datetime().nullable(),
    keys_error: z.string().nullable(),
  })
  .openapi("TriedToken", {
    example: {
      valid: false,
      reason: "unknown_key",
      actor: null,
      scopes: null,
      campaigns: null,
      expires_at: null,
      keys_fetched_at: "2026-08-20T14:00:00.000Z",
      keys_error: null,
    },
  });

/** The rules as stored: what a role or a wildcard stands for is written out, so that no upgrade gives more. */
export function readRules(given: z.infer<typeof rule>[]): TokenRule[] {
  return given.map(({ claim, value, scopes, role, campaigns = null }) => {
    const wanted = role === undefined ? (scopes ?? []) : ROLES[role].scopes;
    return { claim, value, scopes: wanted && permissionsOf(wanted), role: role ?? null, campaigns };
  });
}

export function viewIssuer({ issuer: row, keys }: TokenIssuer): z.infer<typeof tokenIssuer> {
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    audience: row.audience,
    jwks_url: row.keysUrl,
    algorithms: row.algorithms,
    rules: row.rules.map((one) => ({ ...one, campaigns: one.campaigns ?? null, idle_scopes: idleScopesOf(one) })),
    created_at: toIso(row.createdAt),
    created_by: row.createdBy,
    updated_at: toIso(row.updatedAt),
    keys_fetched_at: toIso(keys?.fetchedAt ?? null),
    keys_error: keys?.error ?? null,
  };
}

export function viewTried({ outcome, keys }: TriedToken): z.infer<typeof triedToken> {
  const caller = outcome.ok ? outcome.value : undefined;
  return {
    valid: outcome.ok,
    reason: outcome.ok ? null : outcome.error,
    actor: caller && "id" in caller.actor ? caller.actor.id : null,
    scopes: caller?.scopes ? [...caller.scopes] : null,
    campaigns: caller?.reach.campaigns ? [...caller.reach.campaigns] : null,
    expires_at: toIso(caller?.expiresAt ?? null),
    keys_fetched_at: toIso(keys.fetchedAt),
    keys_error: keys.error,
  };
}
