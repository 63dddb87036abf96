type Requirement = Record<string, string[]>;

/** The ways to send an API key, each sufficient by itself. The names are those of the OpenAPI security schemes. */
export const SECURED: Requirement[] = [{ ApiKey: [] }, { Bearer: [] }, { AuthToken: [] }];

/** The admin: the owner of the deployment. */
export const ADMIN_ONLY: Requirement[] = [{ AdminToken: [] }];

/** No credentials: the link itself is signed, or there is nothing to protect. */
export const OPEN: Requirement[] = [];

export const securitySchemes = {
  ApiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  Bearer: { type: "http", scheme: "bearer", description: "The API key as a bearer token." },
  AuthToken: { type: "apiKey", in: "header", name: "X-Auth-Token", description: "The API key under another name." },
  AdminToken: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN of the deployment." },
} as const;
