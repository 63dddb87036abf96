/** What each operation of engines, of what they heard, of reports and of what things cost needs. */
export const ENGINES = {
  "GET /v1/engines": "engines:read",
  "POST /v1/engines": "engines:write",
  "GET /v1/engines/:id": "engines:read",
  "PATCH /v1/engines/:id": "engines:write",
  "DELETE /v1/engines/:id": "engines:write",
  "POST /v1/engines/:id/test": "engines:write",
  "GET /v1/calls/:id/transcript": "analyses:read",
  "POST /v1/calls/:id/transcript": "analyses:write",
  "GET /v1/usage": "usage:read",
  "GET /v1/reports": "reports:read",
  "GET /v1/reports/criteria": "reports:read",
  "GET /v1/reports/export": "reports:read",
  "GET /v1/integrations": "sources:read",
  "GET /v1/spend": "engines:read",
  "PATCH /v1/spend": "engines:write",
} as const;
