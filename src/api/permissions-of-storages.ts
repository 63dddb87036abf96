/** What each operation of storages needs, and those of what is done with what comes in. */
export const STORAGES = {
  "GET /v1/connectors": "sources:read",
  "POST /v1/connectors": "sources:write",
  "POST /v1/connectors/try": "sources:write",
  "GET /v1/connectors/:id": "sources:read",
  "PATCH /v1/connectors/:id": "sources:write",
  "DELETE /v1/connectors/:id": "sources:write",
  "POST /v1/connectors/:id/test": "sources:write",
  "POST /v1/connectors/:id/dry-run": "sources:write",
  "POST /v1/connectors/:id/sync": "sources:write",
  "POST /v1/connectors/:id/sign-in": "sources:write",
  "POST /v1/connectors/:id/sign-in/complete": "sources:write",
  "GET /v1/connectors/:id/refused-files": "sources:read",
  "POST /v1/connectors/:id/refused-files/:file_id/retry": "sources:write",
  "GET /v1/campaigns/:id/processing": "campaigns:read",
  "PUT /v1/campaigns/:id/processing": "campaigns:write",
  // A past call is shown only as far as its reader may see calls: the verb asks for it.
  "POST /v1/campaigns/:id/processing/try": "calls:read",
} as const;
