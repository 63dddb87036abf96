import { ENGINES } from "./engine-permissions";
import { needsConfirmation, type Permission } from "../identity";
import { STORAGES } from "./permissions-of-storages";
import { PRIVACY } from "./permissions-of-privacy";
import { QUALITY } from "./permissions-of-quality";

const CAMPAIGNS = {
  "GET /v1/campaigns": "campaigns:read",
  "POST /v1/campaigns": "campaigns:write",
  "GET /v1/campaigns/:id": "campaigns:read",
  "PATCH /v1/campaigns/:id": "campaigns:write",
} as const;

const OPERATORS = {
  "GET /v1/operators": "operators:read",
  "GET /v1/operators/:id": "operators:read",
  "PATCH /v1/operators/:id": "operators:write",
  "GET /v1/operators/:id/moves": "operators:read",
  "POST /v1/operators/:id/references": "operators:write",
  "DELETE /v1/operators/:id/references/:reference": "operators:write",
  "POST /v1/operators/:id/merge": "operators:write",
  "POST /v1/operators/:id/unmerge": "operators:write",
} as const;

const CALLS = {
  "GET /v1/calls": "calls:read",
  "GET /v1/calls/:id": "calls:read",
  "GET /v1/calls/:id/events": "calls:read",
  "POST /v1/calls/:id/campaign": "calls:write",
  "POST /v1/calls/:id/tags": "calls:write",
  "DELETE /v1/calls/:id/tags/:tag": "calls:write",
  "GET /v1/tags": "calls:read",
  "GET /v1/search": "calls:read",
  "POST /v1/calls/:id/replay": "deliveries:write",
  "GET /v1/quarantine": "calls:read",
  "POST /v1/quarantine/resolve": "calls:write",
  "GET /v1/recordings": "recordings:read",
  "GET /v1/recordings/:id": "recordings:read",
  "GET /v1/recordings/:id/waveform": "recordings:play",
  "GET /v1/recordings/:id/original": "originals:read",
  "GET /v1/calls/:id/transcript/original": "originals:read",
} as const;

/** At two addresses. */
const ANALYSES = {
  "GET ": "analyses:read",
  "POST ": "analyses:write",
  "GET /:id": "analyses:read",
} as const;

/** Each action needs what the same act on one call needs, and a job is for whoever may do it: bulk/ sees to both. */
const BULK = {
  "POST /v1/bulk": "any",
  "GET /v1/jobs": "any",
  "GET /v1/jobs/:id": "any",
  "GET /v1/jobs/:id/results": "any",
  "POST /v1/jobs/:id/cancel": "any",
  "POST /v1/jobs/:id/undo": "any",
} as const;

const TEAMS = {
  "GET /v1/teams": "teams:read",
  "POST /v1/teams": "teams:write",
  "GET /v1/teams/:id": "teams:read",
  "PATCH /v1/teams/:id": "teams:write",
  "DELETE /v1/teams/:id": "teams:write",
  "PUT /v1/teams/:id/members/:userId": "teams:write",
  "DELETE /v1/teams/:id/members/:userId": "teams:write",
} as const;

/** Below `/v1/endpoints` and `/v1/webhooks`. */
const ENDPOINTS = {
  "GET ": "endpoints:read",
  "POST ": "endpoints:write",
  "GET /health": "endpoints:read",
  "POST /test": "endpoints:write",
  "POST /verify": "endpoints:read",
  "GET /:id": "endpoints:read",
  "PATCH /:id": "endpoints:write",
  "DELETE /:id": "endpoints:write",
  "GET /:id/health": "endpoints:read",
  "POST /:id/test": "endpoints:write",
  "POST /:id/pause": "endpoints:write",
  "POST /:id/resume": "endpoints:write",
  "POST /:id/enable": "endpoints:write",
  "GET /:id/rotate-secret": "endpoints:read",
  "POST /:id/rotate-secret": "secrets:write",
  "POST /:id/reveal-secret": "secrets:reveal",
  "GET /:id/log": "deliveries:list",
  "GET /:id/blocked": "deliveries:list",
  "GET /:id/deliveries/:deliveryId": "deliveries:read",
  "POST /:id/deliveries/:deliveryId/retry": "deliveries:write",
  "POST /:id/deliveries/:deliveryId/release": "deliveries:write",
  "POST /:id/deliveries/:deliveryId/skip": "deliveries:write",
  "POST /:id/deliveries/:deliveryId/hold": "deliveries:write",
  "POST /:id/replay": "deliveries:write",
  "POST /:id/retry": "deliveries:write",
} as const;

const SECRETS = {
  "GET /v1/company-secret": "secrets:reveal",
  "POST /v1/company-secret": "secrets:write",
  "GET /v1/secret-reveals": "secrets:list",
  "GET /v1/event-types": "endpoints:read",
} as const;

const AUDIAN_WEBHOOKS = {
  "GET /v2/webhooks": "endpoints:read",
  "POST /v2/webhooks": "endpoints:write",
  "GET /v2/webhooks/:id": "endpoints:read",
  "PATCH /v2/webhooks/:id": "endpoints:write",
  "DELETE /v2/webhooks/:id": "endpoints:write",
  "POST /v2/webhooks/:id/test": "endpoints:write",
  "GET /v2/webhooks/:id/logs": "deliveries:list",
  "POST /v2/webhooks/:id/rotate-secret": "secrets:write",
} as const;

const ORGANIZATION = {
  "GET /v1/organization": "organization:read",
  "PATCH /v1/organization": "organization:write",
} as const;

const KEYS = {
  "GET /v1/api-keys": "keys:read",
  "POST /v1/api-keys": "keys:write",
  "GET /v1/api-keys/permissions": "keys:read",
  "POST /v1/api-keys/:id/rotate": "keys:write",
  "DELETE /v1/api-keys/:id": "keys:write",
} as const;

const AUDIT_LOG = {
  "GET /v1/audit-log": "audit:read",
  "GET /v1/audit-log/export": "audit:read",
} as const;

const TOKENS = {
  "POST /v1/tokens": "any",
  "GET /v1/token-issuers": "tokens:read",
  "POST /v1/token-issuers": "tokens:write",
  "GET /v1/token-issuers/:id": "tokens:read",
  "PATCH /v1/token-issuers/:id": "tokens:write",
  "DELETE /v1/token-issuers/:id": "tokens:write",
  "POST /v1/token-issuers/:id/test": "tokens:read",
} as const;
const PEOPLE = {
  "GET /v1/members": "people:read",
  "GET /v1/members/:id": "people:read",
  "PATCH /v1/members/:id": "people:write",
  "DELETE /v1/members/:id": "people:write",
  "DELETE /v1/members/:id/sessions": "people:write",
  "GET /v1/invitations": "people:read",
  "POST /v1/invitations": "people:write",
  "POST /v1/invitations/:id/resend": "people:write",
  "DELETE /v1/invitations/:id": "people:write",
} as const;

const SOURCES = {
  "GET /v1/samples": "samples:write",
  "POST /v1/samples": "samples:write",
  "DELETE /v1/samples": "samples:write",
  "GET /v1/sources": "sources:read",
  "POST /v1/sources": "sources:write",
  "GET /v1/sources/:id": "sources:read",
  "PATCH /v1/sources/:id": "sources:write",
  "DELETE /v1/sources/:id": "sources:write",
  "GET /v1/sources/:id/health": "sources:read",
  "GET /v1/sources/:id/guide": "sources:read",
  "POST /v1/sources/:id/try": "sources:write",
  "POST /v1/sources/:id/samples": "sources:write",
  "POST /v1/sources/:id/rotate-secret": "secrets:write",
  "POST /v1/sources/:id/retire-previous-secret": "secrets:write",
  "GET /v1/sources/:id/reconciliations": "sources:read",
  "POST /v1/sources/:id/reconciliations": "sources:write",
  "POST /v1/source-mappings/try": "sources:write",
  "GET /v1/source-kinds": "sources:read",
  "GET /v1/source-kinds/:kind": "sources:read",
  "POST /v1/test-receivers": "receivers:write",
  "GET /v1/test-receivers/:id": "receivers:write",
  "DELETE /v1/test-receivers/:id": "receivers:write",
  "GET /v1/inbound": "inbound:list",
  "GET /v1/inbound/:id": "inbound:read",
  "POST /v1/inbound/:id/replay": "inbound:replay",
  "POST /v1/inbound/replay": "inbound:replay",
} as const;

const UPLOADS = {
  "GET /v1/uploads": "uploads:read",
  "POST /v1/uploads": "uploads:write",
  "GET /v1/uploads/:id": "uploads:read",
  "DELETE /v1/uploads/:id": "uploads:write",
  // Its answer has the links that write.
  "POST /v1/part-uploads": "uploads:write",
  "GET /v1/part-uploads/:id": "uploads:write",
  "POST /v1/part-uploads/:id/complete": "uploads:write",
  // A client that resumes asks first how far it got.
  "POST /v1/uploads/tus": "uploads:write",
  "POST /v1/uploads/tus/": "uploads:write",
  "GET /v1/uploads/tus/:id": "uploads:write",
  "POST /v1/uploads/tus/:id": "uploads:write",
  "PATCH /v1/uploads/tus/:id": "uploads:write",
  "DELETE /v1/uploads/tus/:id": "uploads:write",
} as const;

const EXTERNAL_API = {
  "POST /upload": "uploads:write",
  "POST /upload/": "uploads:write",
  "GET /tasks": "tasks:read",
  "GET /tasks/:uuid": "tasks:read",
  "GET /tasks/:uuid/audio": "recordings:play",
  "GET /agent-identification/:uuid": "calls:read",
  "GET /speaker-analysis/:uuid": "analyses:read",
  "GET /tags/:uuid": "calls:read",
  "POST /audit/generate": "reviews:read",
} as const;

/** What a signed-in person may do with what is their own, whatever their role. No API key does. */
export const SELF = "self";

const OF_ONESELF = {
  "GET /v1/me": SELF,
  "PATCH /v1/me": SELF,
  "GET /v1/me/totp": SELF,
  "POST /v1/me/totp": SELF,
  "POST /v1/me/totp/confirm": SELF,
  "DELETE /v1/me/totp": SELF,
  "GET /v1/me/passkeys": SELF,
  "POST /v1/me/passkeys/options": SELF,
  "POST /v1/me/passkeys": SELF,
  "PATCH /v1/me/passkeys/:id": SELF,
  "DELETE /v1/me/passkeys/:id": SELF,
  "GET /v1/me/recovery-codes": SELF,
  "POST /v1/me/recovery-codes": SELF,
  "POST /v1/me/password": SELF,
  "GET /v1/me/sessions": SELF,
  "DELETE /v1/me/sessions": SELF,
  "DELETE /v1/me/sessions/:id": SELF,
  "GET /v1/me/browsers": SELF,
  "DELETE /v1/me/browsers/:id": SELF,
  "GET /v1/me/notifications": SELF,
  "GET /v1/me/notifications/count": SELF,
  "POST /v1/me/notifications/read": SELF,
  "POST /v1/me/notifications/:id/read": SELF,
  "GET /v1/me/notification-preferences": SELF,
  "PATCH /v1/me/notification-preferences": SELF,
  "GET /v1/me/organizations": SELF,
  "DELETE /v1/me/organizations/:id": SELF,
  "POST /v1/me/organization": SELF,
  "POST /v1/me/confirmations/options": SELF,
  "POST /v1/me/confirmations": SELF,
} as const;

/** What an operation needs. `any`: it opens to every caller, whatever they may do. */
export type Needed = Permission | "any" | typeof SELF;

/** What every operation that a key, a token or a session opens needs, by method and path as they are mounted. */
export const ROUTE_PERMISSIONS: ReadonlyMap<string, Needed> = new Map<string, Needed>(
  Object.entries({
    ...CAMPAIGNS,
    ...STORAGES,
    ...OPERATORS,
    ...CALLS,
    ...below("/v1/analyses", ANALYSES),
    ...BULK,
    ...TEAMS,
    ...QUALITY,
    ...PRIVACY,
    "GET /v1/events/stream": "events:read",
    ...ENGINES,
    ...below("/v1/endpoints", ENDPOINTS),
    ...below("/v1/webhooks", ENDPOINTS),
    ...SECRETS,
    ...AUDIAN_WEBHOOKS,
    ...ORGANIZATION,
    ...KEYS,
    ...PEOPLE,
    ...AUDIT_LOG,
    ...TOKENS,
    ...SOURCES,
    ...UPLOADS,
    ...EXTERNAL_API,
    ...OF_ONESELF,
  }),
);

/** What one operation needs; undefined for one that no caller opens. */
export function permissionOf(method: string, path: string): Needed | undefined {
  return ROUTE_PERMISSIONS.get(`${method} ${path}`);
}

/** Whether a person has to have proven lately who they are: secrets, rights, and whatever leaves as a file. */
export function isSensitive(permission: Needed, path: string): boolean {
  return needsConfirmation(permission) || path.endsWith("/export");
}

function below(base: string, routes: Record<string, Permission>): Record<string, Permission> {
  return Object.fromEntries(
    Object.entries(routes).map(([name, permission]) => [name.replace(" ", ` ${base}`), permission]),
  );
}
