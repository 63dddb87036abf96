/** What each operation on erasures, legal holds and retention needs. */
export const PRIVACY = {
  "DELETE /v1/calls/:id": "privacy:erase",
  "GET /v1/erasures": "privacy:read",
  "POST /v1/erasures": "privacy:write",
  "GET /v1/erasures/:id": "privacy:read",
  "GET /v1/legal-holds": "privacy:read",
  "POST /v1/legal-holds": "privacy:write",
  "DELETE /v1/legal-holds/:id": "privacy:write",
  "GET /v1/retention": "privacy:read",
  "PUT /v1/retention": "privacy:write",
} as const;
