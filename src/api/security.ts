type Requirement = Record<string, string[]>;

/** The ways to send an API key or a token, each sufficient by itself. The names are those of the OpenAPI security schemes. */
export const SECURED: Requirement[] = [{ ApiKey: [] }, { Bearer: [] }, { AuthToken: [] }];

/** The admin: the owner of the deployment. */
export const ADMIN_ONLY: Requirement[] = [{ AdminToken: [] }];

/** No credentials: the link itself is signed, or there is nothing to protect. */
export const OPEN: Requirement[] = [];

export const securitySchemes = {
  ApiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "An API key, or a token." },
  Bearer: { type: "http", scheme: "bearer", description: "A token (JWT), or an API key." },
  AuthToken: { type: "apiKey", in: "header", name: "X-Auth-Token", description: "The same as X-API-Key." },
  AdminToken: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN of the deployment." },
} as const;
