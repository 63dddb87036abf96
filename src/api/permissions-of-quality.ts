/** What each operation on tasks and scorecards needs. */
export const QUALITY = {
  "GET /v1/tasks": "tasks:read",
  "GET /v1/tasks/:id": "tasks:read",
  "GET /v1/scorecards": "scorecards:read",
  "POST /v1/scorecards": "scorecards:write",
  "POST /v1/scorecards/try": "scorecards:read",
  "GET /v1/scorecards/:id": "scorecards:read",
  "PATCH /v1/scorecards/:id": "scorecards:write",
  "DELETE /v1/scorecards/:id": "scorecards:write",
  "POST /v1/scorecards/:id/publish": "scorecards:write",
} as const;
