/** What each operation on erasures and legal holds needs. */
export const PRIVACY = {
  "DELETE /v1/calls/:id": "privacy:erase",
  "GET /v1/erasures": "privacy:read",
  "POST /v1/erasures": "privacy:write",
  "GET /v1/erasures/:id": "privacy:read",
  "GET /v1/legal-holds": "privacy:read",
  "POST /v1/legal-holds": "privacy:write",
  "DELETE /v1/legal-holds/:id": "privacy:write",
} as const;
