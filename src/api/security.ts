import { SESSION_COOKIE } from "../lib/http/session-cookie";

type Requirement = Record<string, string[]>;

/** A person who signed in, and no key. */
export const OF_A_SESSION: Requirement[] = [{ Session: [] }];

/** The ways to prove who calls, each sufficient by itself. The names are those of the OpenAPI security schemes. */
export const SECURED: Requirement[] = [{ ApiKey: [] }, { Bearer: [] }, { AuthToken: [] }, ...OF_A_SESSION];

/** The admin: the owner of the deployment. */
export const ADMIN_ONLY: Requirement[] = [{ AdminToken: [] }];

/** No credentials: the link itself is signed, or there is nothing to protect. */
export const OPEN: Requirement[] = [];

export const securitySchemes = {
  ApiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "An API key, or a token." },
  Bearer: { type: "http", scheme: "bearer", description: "A token (JWT), or an API key." },
  AuthToken: { type: "apiKey", in: "header", name: "X-Auth-Token", description: "The same as X-API-Key." },
  Session: {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description: "The cookie of a person who signed in. Whatever writes sends `X-CSRF-Token` too.",
  },
  AdminToken: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN of the deployment." },
} as const;
