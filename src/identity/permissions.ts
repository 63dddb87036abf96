/** Everything that a key may be allowed, each in plain words. The part before the colon is its resource. */
export const PERMISSIONS = {
  "calls:read": "Read calls with the facts of their recordings, their analyses, tags, task and events; quarantine.",
  "calls:write": "Choose the campaign of calls, also of those in quarantine; tag calls.",
  "privacy:erase": "Erase calls for good, with everything that belongs to them.",
  "privacy:read": "Read what was erased, and legal holds.",
  "privacy:write": "Place and lift legal holds; erase callers, with all their calls.",
  "recordings:read": "Read the facts of recordings, without a way to listen.",
  "recordings:play": "Listen: links to the audio, and the audio itself.",
  "originals:read":
    "Hear and read what redaction takes out of calls, and have less taken out. Each use is in the audit log.",
  "tasks:read": "Read tasks.",
  "scorecards:read": "Read scorecards, and try answers to them.",
  "scorecards:write": "Create, change, publish and archive scorecards.",
  "reviews:read": "Read reviews: scores, answers and comments.",
  "reviews:write": "Take calls from the queue and review them.",
  "reviews:assign": "Choose who reviews what, what nobody has to review, and have reviews done again.",
  "comments:write": "Comment on calls and on reviews that one may read, and change one's own comments.",
  "rules:read": "Read the rules by which calls are looked at, how often they were right, and try them on past calls.",
  "rules:write": "Create, change and delete rules.",
  "alerts:read": "Read alerts with what they rest on.",
  "alerts:write": "See to alerts: take them, give them to others, confirm them or call them false.",
  "teams:read": "Read teams and who is in them.",
  "teams:write": "Create, rename and delete teams, and choose who is in them.",
  "analyses:read": "Read analyses, transcripts and what was measured.",
  "analyses:write": "Have recordings analysed, and transcribed again: a file, one at an address, or that of a call.",
  "engines:read": "Read the engines that transcribe, without their keys, and what they cost.",
  "engines:write": "Add, change and delete engines, and limit what they may cost.",
  "campaigns:read": "Read campaigns.",
  "campaigns:write": "Create, rename, archive and configure campaigns.",
  "operators:read": "Read operators and the moves of their calls.",
  "operators:write": "Rename, merge and separate operators, and change their references.",
  "sources:read": "Read sources and connectors, their kinds, guides, health and comparisons.",
  "sources:write": "Create, change, try, send samples to, compare and delete sources and connectors.",
  "inbound:list": "Read the inbound log without bodies.",
  "inbound:read": "Read the bodies of inbound requests, and search in them.",
  "inbound:replay": "Process inbound requests again.",
  "endpoints:read": "Read endpoints, their health and the event types.",
  "endpoints:write": "Create, change, test, pause and delete endpoints.",
  "events:read": "Listen to events as they happen, as far as what they hold may be read.",
  "events:listen": "Be sent the requests of a webhook while listening, signed with a secret of one's own.",
  "receivers:write": "Make test receivers, see what is sent to them, and end them.",
  "deliveries:list": "Read the log of deliveries without bodies.",
  "deliveries:read": "Read what was sent to an endpoint and what it answered.",
  "deliveries:write": "Retry, release, skip and replay deliveries.",
  "secrets:list": "Read who was shown which signing secret.",
  "secrets:write": "Replace signing secrets of sources and endpoints. The new one is shown.",
  "secrets:reveal": "Be shown the signing secrets in use.",
  "uploads:read": "Read uploads and their progress.",
  "uploads:write": "Upload recordings.",
  "samples:write": "Load sample calls and remove them.",
  "notices:write": "Send the notices of a platform to `/webhook`.",
  "people:read": "Read members and invitations.",
  "people:write": "Invite people, change and remove members, none with more rights than one's own.",
  "organization:read": "Read what the organization requires of its members and chooses for itself.",
  "organization:write": "Change what the organization requires of its members and chooses for itself.",
  "keys:read": "Read API keys, without the keys themselves.",
  "keys:write": "Create, rotate and revoke API keys, none with more rights than one's own.",
  "reports:read": "Read reports of calls and reviews, as far as one reaches.",
  "reports:write": "Have reports sent by mail or to webhooks, with one's own rights, and change what is sent.",
  "usage:read": "Read what was used, and what it is estimated to cost.",
  "audit:read": "Read and export the audit log: who changed what, and who was shown what.",
  "tokens:read": "Read the issuers whose tokens are accepted, and try tokens.",
  "tokens:write": "Add, change and remove issuers of tokens, none with more rights than one's own.",
} as const;

export type Permission = keyof typeof PERMISSIONS;

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** What may be written for a scope: a permission, or all of one resource. */
export const SCOPES: readonly string[] = [
  ...ALL,
  ...new Set(ALL.map((permission) => `${permission.slice(0, permission.indexOf(":"))}:*`)),
];

/** The permissions that scopes stand for, in the order of the table. */
export function permissionsOf(scopes: readonly string[]): Permission[] {
  return ALL.filter((one) => scopes.includes(one) || scopes.includes(`${one.slice(0, one.indexOf(":"))}:*`));
}

const READ_WORK = [
  "calls:read",
  "recordings:read",
  "tasks:read",
  "analyses:read",
  "campaigns:read",
  "operators:read",
  "scorecards:read",
  "reviews:read",
  "reports:read",
  "alerts:read",
  "events:read",
];

type Role = { description: string; scopes: readonly string[] | null };

/** Ready-made sets of permissions. Null: all, also those that are added later. */
export const ROLES = {
  owner: { description: "Everything, also what is added later.", scopes: null },
  admin: { description: "Everything there is today.", scopes: ALL },
  supervisor: {
    description: "Runs campaigns, operators and teams, listens, uploads.",
    scopes: [
      ...READ_WORK,
      "calls:write",
      "recordings:play",
      "engines:read",
      "campaigns:write",
      "operators:write",
      "teams:*",
      "scorecards:write",
      "reviews:write",
      "reviews:assign",
      "comments:write",
      "rules:*",
      "reports:write",
      "alerts:write",
      "analyses:write",
      "uploads:*",
      "people:read",
    ],
  },
  reviewer: {
    description: "Reads, listens to and reviews calls.",
    scopes: [...READ_WORK, "recordings:play", "reviews:write", "comments:write", "alerts:write"],
  },
  operator: {
    description:
      "The person on calls: reads and listens to their own, answers their reviews. Not for keys, which are on no call.",
    scopes: ["calls:read", "recordings:read", "recordings:play", "analyses:read", "reviews:read", "comments:write"],
  },
  developer: {
    description: "Webhooks, sources, keys and logs, without bodies and without listening.",
    scopes: [
      "campaigns:read",
      "sources:*",
      "inbound:list",
      "inbound:replay",
      "endpoints:*",
      "events:*",
      "receivers:write",
      "deliveries:list",
      "deliveries:write",
      "secrets:*",
      "uploads:*",
      "samples:write",
      "notices:write",
      "keys:*",
      "tokens:*",
    ],
  },
  viewer: { description: "Reads calls without listening.", scopes: READ_WORK },
} as const satisfies Record<string, Role>;

export type RoleName = keyof typeof ROLES;

/** The roles that a key can have. */
export const KEY_ROLES: readonly RoleName[] = (Object.keys(ROLES) as RoleName[]).filter((name) => name !== "operator");
