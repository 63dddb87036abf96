import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { setDefaultRedaction } from "../../src/campaigns";
import { createConnector } from "../../src/connectors";
import {
  connectorFiles,
  connectors,
  engines,
  jobs,
  organizations,
  passkeys,
  reviews,
  sessions,
  users,
} from "../../src/db/schema";
import { dashboardRoutes, type Visitor } from "../../src/dashboard";
import { depsOf, type Deps } from "../../src/deps";
import { FULL_REACH, hashPassword, listBrowsers, openSession, rememberBrowser } from "../../src/identity";
import { newId } from "../../src/lib/id";
import { viewOf } from "../../src/ui/view";
import { newAuthenticator } from "../authenticator";
import {
  ACT_AT_NOON,
  mintCallActions,
  mintCampaignActions,
  mintComment,
  NOON,
  ONE_QUESTION,
  TEST_MASTER_KEYS,
} from "../factories";
import { appCodeOf, mintSession } from "../sign-in";
import { apiClient, db, deliveryOf } from "./api/client";
import { mintWorld, type World } from "./api/writing-operations";
import { CSRF, pagesFor } from "./visiting";

// Every form of the pages, and how it is filled in so that it does what it is for.

export type PageWorld = World & {
  owner: { userId: string; hash: string; id: string };
  pages: ReturnType<typeof pagesFor>;
};
type FieldsOf = (world: PageWorld) => Record<string, string> | Promise<Record<string, string>>;
export type PageCase = {
  fields?: FieldsOf;
  /** What has to be there, made before the form is filled in. */
  before?: (world: PageWorld) => Promise<unknown>;
  /** Parts of the path, by name. `id` is the world's thing of that path where it is not given. */
  part?: (world: PageWorld) => Record<string, string> | Promise<Record<string, string>>;
  /** Actions that are recorded without a changed row. */
  acts?: string[];
  /** A row of a person that is as it was, but of this organization no more. */
  leaves?: (world: PageWorld) => string;
};

/** Forms that change nothing that the audit log is about. */
export const NOTHING_AUDITED = new Set([
  "/calls/columns",
  "/calls/views/:id/first",
  "/notifications/read",
  "/notifications/:id/read",
  "/settings/notifications",
  "/settings/profile/passkeys/options",
  "/confirmation/passkey-options",
  "/settings/token-issuers/:id/try",
  "/settings/engines/test",
  "/settings/privacy/callers/count",
  "/connectors/fill",
  "/campaigns/:id/sources",
  "/campaigns/:id/processing/try",
  "/connectors/:id/preview",
  "/webhooks/preview",
  "/webhooks/:id/check",
]);

/** The path of every form of the pages. */
export function formPaths(): string[] {
  return pathsOf("POST");
}

/** The path of every page. */
export function pagePaths(): string[] {
  return pathsOf("GET");
}

function pathsOf(wanted: "GET" | "POST"): string[] {
  const routes = dashboardRoutes<Env>({
    deps: depsOf,
    view: (request) => viewOf(request, { now: NOON, isLocal: true }),
    visitor: async () => null,
  });
  const paths = routes.routes.flatMap(({ method, path }) => (method === wanted ? [path] : []));
  return [...new Set(paths)].toSorted();
}

/** An organization with one of everything, and its pages as an owner sees them. `deps`: instead of those of the Worker. */
export async function mintPageWorld(deps: Partial<Deps> = {}): Promise<PageWorld> {
  const world = await mintWorld();
  const { userId, hash } = await mintSession(db, { organizationId: world.organization.id, role: "owner", now: NOON });
  const row = await db.select({ id: sessions.id }).from(sessions).where(eq(sessions.hash, hash)).get();
  const owner = { userId, hash, id: row?.id ?? "" };
  return { ...world, owner, pages: pagesOf(world, owner, deps) };
}

/** The same pages with other deps. */
export function pagesOf({ organization }: World, owner: PageWorld["owner"], deps: Partial<Deps> = {}) {
  const api = apiClient();
  api.log.push(deliveryOf({ deliveryId: "dlv_1", state: "held" }));
  const visitor: Visitor = {
    caller: {
      organizationId: organization.id,
      actor: { kind: "user", id: owner.userId },
      scopes: null,
      campaignId: null,
      sourceId: null,
      expiresAt: null,
      reach: FULL_REACH,
      unnoted: [],
    },
    person: { name: "Ana", email: "ana@acme.example" },
    organization,
    others: [],
    session: { id: owner.id, hash: owner.hash, userId: owner.userId, isWeak: false },
    confirmed: true,
    csrf: CSRF,
  };
  const endpointObjects = { ...depsOf(env).endpointObjects, ...api.deps.endpointObjects };
  return pagesFor(visitor, NOON, { ...api.deps, endpointObjects, ...deps });
}

/** Where the form of a case is sent: its path with the parts of this world. */
export async function addressOf(path: string, one: PageCase, world: PageWorld): Promise<string> {
  const parts: Record<string, string> = { id: idAt(path, world), ...(await one.part?.(world)) };
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(parts[name] ?? ""));
}

/** Sends the form of a case from an address of its own. */
export async function sendForm(
  path: string,
  one: PageCase,
  world: PageWorld,
  fields: Record<string, string>,
): Promise<Response> {
  const address = await addressOf(path, one, world);
  const body = new URLSearchParams([["csrf", CSRF], ...Object.entries(fields)]);
  const headers = { "cf-connecting-ip": "203.0.113.7" };
  return world.pages.ask(`/dashboard${address}`, { method: "POST", body, headers });
}

function idAt(path: string, world: PageWorld): string {
  const ids: [string, string][] = [
    ["/calls", world.call.id],
    ["/operators", world.operator.id],
    ["/inbound", world.inbound.id],
    ["/settings/teams", world.team.id],
    ["/settings/token-issuers", world.issuer.id],
    ["/settings/engines", world.engine.id],
    ["/settings/rules", world.rule.id],
    ["/alerts", world.alert.id],
    ["/settings/api-keys", world.anotherKey],
    ["/settings/people/invitations", world.invitation],
    ["/uploads", world.upload.id],
    ["/sources", world.source.id],
    ["/connectors", world.connector.id],
    ["/webhooks/test-receivers", world.receiver],
    ["/webhooks", world.endpoint.id],
    ["/campaigns", world.campaign.id],
    ["/scorecards", world.scorecard.id],
    ["/reviews", world.review.id],
    ["/tasks", world.waitingTask.id],
  ];
  return ids.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "";
}

const send =
  (path: string, fields: FieldsOf = () => ({}), one: PageCase = {}) =>
  async (world: PageWorld) =>
    sendForm(path, one, world, await fields(world));

/** What a page's form was filled with when it was shown. */
async function seenOn(world: PageWorld, path: string): Promise<string> {
  const { text } = await world.pages.page(`/dashboard${path}`);
  return /name="seen" value="(\w+)"/.exec(text)?.[1] ?? "";
}

async function newPasskey(world: PageWorld): Promise<Record<string, string>> {
  const { publicUrl } = depsOf(env).config;
  const place = { rpId: new URL(publicUrl).hostname, origin: new URL(publicUrl).origin };
  const authenticator = await newAuthenticator(place, world.owner.userId);
  const options = await sendForm("/settings/profile/passkeys/options", {}, world, {});
  const { challenge } = await options.json<{ challenge: string }>();
  return { name: "Laptop", passkey: JSON.stringify(await authenticator.create(challenge)) };
}

const addPasskey = send("/settings/profile/passkeys", newPasskey);
const passkeyPart: PageCase["part"] = async (world) => {
  const row = await db.select().from(passkeys).where(eq(passkeys.userId, world.owner.userId)).get();
  return { id: row?.id ?? "" };
};
const confirmedApp = async (world: PageWorld) => {
  await send("/settings/profile/app")(world);
  await send("/settings/profile/app/confirm", appCode)(world);
};
const appCode: FieldsOf = async ({ owner }) => ({ code: await appCodeOf(db, owner.userId, NOON) });
const anotherSession = async ({ owner: { userId } }: PageWorld) =>
  openSession({ db }, { userId, strength: "password", address: null, userAgent: null }, NOON);
const sessionPart: PageCase["part"] = async ({ owner }) => {
  const rows = await db.select().from(sessions).where(eq(sessions.userId, owner.userId));
  return { id: rows.find(({ hash }) => hash !== owner.hash)?.id ?? "" };
};
const PASSWORD = "correct horse battery staple";
const ofPerson = ({ person }: World) => ({ userId: person.userId });
const ofMember = ({ member }: World) => ({ userId: member.userId });
const sendAway = send("/reviewers/away", ({ member }) => ({ reviewer: member.userId }));
const addToTeam = send("/settings/teams/:id/members", ({ member }) => ({ member: member.userId }));
const versionOf = ({ issuer }: World) => ({ seen: String(issuer.version) });
const RULE = { claim: "groups", value: "crm", rights: "viewer", "campaigns-limit": "all" };
const RULE_FIELDS = {
  name: "Code",
  weight: "60",
  enabled: "true",
  kind: "phrase",
  "c0-phrases": "the code",
  "c0-said": "true",
  "c0-speaker": "any",
};
/** The token of a form that begins a job. */
const FORM = newId("job", NOON);
/** On the action that a campaign has. */
const onAction: PageCase = {
  before: ({ campaign }) => mintCampaignActions(db, campaign),
  part: ({ campaign }) => ({ id: campaign.id, action: "pca_1" }),
};
/** On a comment that the owner has written. */
const ofComment: PageCase = {
  before: ({ call, owner }) => mintComment(db, call, { id: "cmt_1", authorId: owner.userId }),
  part: ({ call }) => ({ id: call.id, comment: "cmt_1" }),
};
const WEBHOOK = { url: "https://subscriber.test/hooks", events: "call.completed", format: "standard" };

export const PAGE_CASES: Record<string, PageCase> = {
  "/calls/:id/campaign": { fields: ({ campaign }) => ({ campaign: campaign.id }), acts: ["call.campaign_chosen"] },
  "/calls/:id/tags": { fields: () => ({ add: "vip" }), acts: ["call.tagged"] },
  "/calls/:id/redact": {
    before: ({ organization }) => setDefaultRedaction({ db }, organization.id, ["card_number"]),
    acts: ["call.transcription_asked"],
  },
  "/calls/:id/comments": { fields: () => ({ once: "once", comment: "Listen.", moment: "1:36", about: "" }) },
  "/calls/:id/comments/:comment": { ...ofComment, fields: () => ({ comment: "Listen again.", moment: "" }) },
  "/calls/:id/comments/:comment/delete": ofComment,
  "/calls/:id/original": { acts: ["recording.original_link_issued"] },
  "/calls/:id/erase": { acts: ["call.erased"] },
  "/settings/privacy/callers": { fields: () => ({ number: "+541147781234" }) },
  "/settings/privacy/retention": {
    fields: async (world) => ({
      seen: await seenOn(world, "/settings/privacy/retention"),
      "audio.mode": "after",
      "audio.days": "90",
      confirmed: "yes",
    }),
  },
  "/settings/privacy/holds": { fields: ({ call }) => ({ kind: "call", subject: call.id, reason: "Case 1" }) },
  "/settings/privacy/holds/:id/lift": { part: ({ hold }) => ({ id: hold }) },
  "/calls/:id/replay": { acts: ["call.replayed"] },
  "/calls/bulk": { fields: tagInBulk, acts: ["job.created", "call.tagged"] },
  "/jobs/:id/cancel": { part: ({ job }) => ({ id: job }), acts: ["job.cancelled"] },
  "/jobs/:id/undo": {
    before: send("/calls/bulk", tagInBulk),
    part: doneJobPart,
    acts: ["job.created", "call.tagged"],
  },
  "/calls/views": { fields: newView },
  "/calls/views/:id": {
    before: send("/calls/views", newView),
    part: viewPart,
    fields: () => ({ name: "Renamed", seen: "1" }),
  },
  "/calls/views/:id/remove": { before: send("/calls/views", newView), part: viewPart },
  "/unassigned/assign": {
    fields: ({ campaign, call }) => ({ campaign: campaign.id, calls: call.id, form: FORM }),
    acts: ["job.created", "call.campaign_chosen"],
  },
  "/operators/:id/name": {
    fields: async (world) => ({ seen: await seenOn(world, `/operators/${world.operator.id}`), name: "L. Fernández" }),
  },
  "/operators/:id/merge": { fields: ({ other }) => ({ into: other.id }) },
  "/operators/:id/unmerge": { before: send("/operators/:id/merge", ({ other }) => ({ into: other.id })) },
  "/inbound/replay": { fields: () => ({ status: "200" }) },
  "/inbound/:id/replay": {},
  "/settings/teams": { fields: () => ({ name: "Night shift" }) },
  "/settings/teams/:id": {
    fields: async (world) => ({ seen: await seenOn(world, `/settings/teams/${world.team.id}`), name: "Day shift" }),
  },
  "/settings/teams/:id/delete": { before: addToTeam, fields: () => ({ open_tasks: "0" }) },
  "/settings/teams/:id/members": { fields: ({ member }) => ({ member: member.userId }) },
  "/settings/teams/:id/members/:userId/remove": { before: addToTeam, part: ofMember },
  "/settings/profile/account": { fields: () => ({ name: "Ana B.", locale: "es" }) },
  "/settings/profile/password": {
    before: async ({ owner }) =>
      db
        .update(users)
        .set({ passwordHash: await hashPassword(PASSWORD) })
        .where(eq(users.id, owner.userId)),
    fields: () => ({ current_password: PASSWORD, new_password: "another horse, another battery" }),
  },
  "/settings/profile/sessions/end-others": { before: anotherSession },
  "/settings/profile/sessions/:id/end": { before: anotherSession, part: sessionPart },
  "/settings/profile/browsers/:id/forget": {
    before: ({ owner: { userId } }) =>
      rememberBrowser({ ...depsOf(env), db }, { userId, place: { address: null, userAgent: null } }, NOON),
    part: async ({ owner }) => ({ id: (await listBrowsers(db, owner.userId, NOON))[0]?.id ?? "" }),
  },
  "/settings/profile/recovery-codes": { before: addPasskey },
  "/settings/profile/passkeys": { fields: newPasskey },
  "/settings/profile/passkeys/:id/name": { before: addPasskey, part: passkeyPart, fields: () => ({ name: "Desk" }) },
  "/settings/profile/passkeys/:id/remove": { before: addPasskey, part: passkeyPart },
  "/settings/profile/app": {},
  "/settings/profile/app/confirm": { before: send("/settings/profile/app"), fields: appCode },
  "/settings/profile/app/remove": { before: confirmedApp },
  "/settings/token-issuers": {
    fields: () => ({
      name: "New",
      issuer: "https://new.example.com/",
      jwks_url: "https://new.example.com/jwks",
      algorithm: "RS256",
    }),
  },
  "/settings/token-issuers/:id": {
    fields: ({ issuer }) => ({
      ...versionOf({ issuer } as World),
      name: "Renamed",
      issuer: issuer.issuer,
      jwks_url: issuer.keysUrl,
      audience: issuer.audience,
      algorithm: "ES256",
    }),
  },
  "/settings/token-issuers/:id/rules": { fields: (world) => ({ ...RULE, ...versionOf(world) }) },
  "/settings/token-issuers/:id/rules/remove": {
    before: send("/settings/token-issuers/:id/rules", (world) => ({ ...RULE, ...versionOf(world) })),
    fields: ({ issuer }) => ({ rule: "0", seen: String(issuer.version + 1) }),
  },
  "/settings/token-issuers/:id/remove": {},
  "/settings/usage/alert": {
    fields: async (world) => ({ seen: await seenOn(world, "/settings/usage"), amount: "50" }),
  },
  "/settings/api-keys": {
    fields: () => ({ once: "one", name: "Reporting", rights: "all", origins: "https://app.example.com" }),
  },
  "/settings/api-keys/:id/rotate": { fields: () => ({ once: "one", overlap: "24" }) },
  "/settings/api-keys/:id/revoke": {},
  "/settings/engines": { fields: () => ({ name: "deepgram", kind: "deepgram", key: "hush-hush" }) },
  "/settings/engines/cap": {
    fields: async (world) => ({ seen: await seenOn(world, "/settings/engines"), amount: "12.50" }),
  },
  "/settings/engines/:id": {
    fields: async (world) => ({
      seen: await seenOn(world, `/settings/engines/${world.engine.id}`),
      url: "https://speech.example.com",
      model: "whisper-1",
    }),
  },
  "/settings/engines/:id/test": { acts: ["engine.tested"] },
  "/settings/engines/:id/scores": {
    before: ({ engine }) => db.update(engines).set({ kind: "llm" }).where(eq(engines.id, engine.id)),
    fields: async (world) => ({
      seen: await seenOn(world, `/settings/engines/${world.engine.id}/scores`),
      do: "save",
      "name-0": "Courtesy",
      "meaning-0": "Is polite throughout.",
      "min-0": "1",
      "max-0": "5",
    }),
  },
  "/settings/engines/:id/delete": {},
  "/settings/rules": { fields: () => ({ ...RULE_FIELDS, once: "one" }) },
  "/settings/rules/:id": {
    fields: ({ rule }) => ({ ...RULE_FIELDS, seen: String(rule.version), weight: "40" }),
  },
  "/settings/rules/:id/delete": {},
  "/alerts/:id": {
    fields: async (world) => ({
      seen: await seenOn(world, `/alerts/${world.alert.id}`),
      do: "false_alarm",
      reason: "expected",
      note: "x",
    }),
  },
  "/settings/roles/naming": { fields: () => ({ seen: "ordinary", naming: "voicesense" }) },
  "/settings/security": {
    before: ({ organization }) =>
      db.update(organizations).set({ requireSecondFactor: true }).where(eq(organizations.id, organization.id)),
  },
  "/settings/people/invite": { fields: () => ({ addresses: "new@acme.example", role: "viewer", once: "form-1" }) },
  "/settings/people/invitations/:id/resend": { fields: () => ({ once: "form-1" }) },
  "/settings/people/invitations/:id/withdraw": {},
  "/settings/people/:userId": {
    part: ofPerson,
    fields: async (world) => ({
      seen: await seenOn(world, `/settings/people/${world.person.userId}`),
      role: "reviewer",
    }),
  },
  "/settings/people/:userId/shut-out": { part: ofPerson },
  "/settings/people/:userId/let-in": {
    part: ofPerson,
    before: send("/settings/people/:userId/shut-out", undefined, { part: ofPerson }),
  },
  "/settings/people/:userId/sessions": { part: ofPerson },
  "/settings/people/:userId/remove": { part: ofPerson, leaves: ({ person }) => `user ${person.userId}` },
  "/uploads/:id/abort": {},
  "/samples": {},
  "/samples/remove": { before: send("/samples") },
  "/sources": { fields: () => ({ once: "one", kind: "hmac", name: "PBX" }) },
  "/sources/:id/key": { fields: () => ({ once: "one" }) },
  "/sources/:id/sample": {
    fields: () => ({
      act: "send",
      once: "one",
      sample: `CallSid=CA${"5".repeat(32)}&CallStatus=completed&CallDuration=27`,
    }),
    acts: ["source.sample_sent"],
  },
  "/sources/:id/pause": {},
  "/sources/:id/resume": { before: send("/sources/:id/pause") },
  "/sources/:id/settings": {
    fields: async (world) => ({
      seen: await seenOn(world, `/sources/${world.source.id}/settings`),
      name: "Renamed",
    }),
  },
  "/sources/:id/delete": {},
  "/sources/:id/rotate": { fields: () => ({ secret: "hush-hush-of-32-characters-or-so" }) },
  "/sources/:id/retire": {
    before: async (world) => {
      await send("/sources/:id/rotate", () => ({ secret: "the-first-secret-of-32-characters" }))(world);
      await send("/sources/:id/rotate", () => ({ secret: "the-second-secret-of-32-characters" }))(world);
    },
  },
  "/connectors": {
    fields: async (world) => ({
      ...(await filledOn(world, "/connectors/new")),
      name: "Exchange",
      campaign: world.campaign.id,
      endpoint: "https://s3.example.com",
      accessKey: "AK",
      secretKey: "hush-hush",
      bucket: "recordings",
    }),
  },
  "/connectors/:id/pause": {},
  "/connectors/:id/resume": { before: send("/connectors/:id/pause") },
  "/connectors/:id/trust": {
    before: newSftpStorage,
    part: async ({ organization }) => {
      const one = await db
        .select()
        .from(connectors)
        .where(and(eq(connectors.organizationId, organization.id), eq(connectors.kind, "sftp")))
        .get();
      return { id: one?.id ?? "" };
    },
    fields: () => ({ key: `ssh-ed25519 SHA256:${"A".repeat(43)}` }),
  },
  "/connectors/:id/sync": { acts: ["connector.synced"] },
  "/connectors/:id/test": { acts: ["connector.tested"] },
  "/connectors/:id/files/:file/retry": { part: fileOf, acts: ["connector.file_retried"] },
  "/connectors/:id/settings": {
    fields: async (world) => ({
      ...(await filledOn(world, `/connectors/${world.connector.id}/settings`)),
      name: "Renamed",
    }),
  },
  "/connectors/:id/delete": {},
  "/webhooks": { fields: () => ({ ...WEBHOOK, once: "one" }) },
  "/webhooks/test-receivers": { fields: () => ({ once: "one" }) },
  "/webhooks/test-receivers/:id/end": {},
  "/webhooks/:id/pause": {},
  "/webhooks/:id/resume": { before: send("/webhooks/:id/pause") },
  "/webhooks/:id/enable": {
    before: async ({ endpoint, organization }) =>
      apiClient().patch(`/v1/endpoints/${endpoint.id}`, { key: organization.key, body: { active: false } }),
  },
  "/webhooks/:id/test": { acts: ["endpoint.tested"] },
  "/webhooks/:id/settings": {
    fields: async (world) => ({
      ...WEBHOOK,
      seen: await seenOn(world, `/webhooks/${world.endpoint.id}/settings`),
      headers: "authorization: hush-hush",
    }),
  },
  "/webhooks/:id/delete": {},
  "/webhooks/:id/retry": { acts: ["endpoint.retried"] },
  "/webhooks/:id/replay": { fields: () => ({ state: "parked" }), acts: ["endpoint.replayed"] },
  "/webhooks/:id/deliveries/:delivery": { part: () => ({ delivery: "dlv_1" }), acts: ["delivery.retried"] },
  "/webhooks/:id/reveal": {},
  "/webhooks/:id/rotate": {},
  "/campaigns": { fields: () => ({ once: "one", name: "Sales" }) },
  "/campaigns/:id": {
    fields: async (world) => ({ seen: await seenOn(world, `/campaigns/${world.campaign.id}`), name: "Renamed" }),
  },
  "/campaigns/:id/processing": {
    fields: async (world) => ({
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/processing`),
      autoAnalyze: "no",
      notifyOnComplete: "yes",
    }),
  },
  "/reports/schedules": {
    fields: () => ({
      once: "one",
      name: "The day",
      by: "campaign",
      every: "day",
      weekday: "1",
      hour: "7",
      zone: "UTC",
      tells: "true",
    }),
  },
  "/reports/schedules/:id": {
    part: ({ schedule }) => ({ id: schedule.id }),
    fields: () => ({
      name: "Else",
      by: "time",
      every: "day",
      weekday: "1",
      hour: "7",
      zone: "UTC",
      tells: "true",
      seen: "1",
    }),
  },
  "/reports/schedules/:id/pause": { part: ({ schedule }) => ({ id: schedule.id }) },
  "/reports/schedules/:id/resume": {
    part: ({ schedule }) => ({ id: schedule.id }),
    before: send("/reports/schedules/:id/pause", () => ({}), { part: ({ schedule }) => ({ id: schedule.id }) }),
  },
  "/reports/schedules/:id/send": {
    part: ({ schedule }) => ({ id: schedule.id }),
    fields: () => ({ once: "one" }),
    acts: ["report_schedule.sent"],
  },
  "/reports/schedules/:id/delete": { part: ({ schedule }) => ({ id: schedule.id }) },
  "/campaigns/:id/retention": {
    fields: async (world) => ({
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/retention`),
      "audio.mode": "after",
      "audio.days": "30",
      confirmed: "yes",
    }),
  },
  "/campaigns/:id/redaction": {
    fields: async (world) => ({
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/redaction`),
      mode: "own",
      "kind.card_number": "yes",
    }),
  },
  "/campaigns/:id/redaction/originals": {
    before: ({ organization }) => setDefaultRedaction({ db }, organization.id, ["card_number"]),
    fields: async (world) => ({
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/redaction`),
      do: "delete",
      sure: "yes",
    }),
  },
  "/campaigns/:id/reviewing": {
    fields: async (world) => ({
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/reviewing`),
      assign: "round_robin",
      person: world.member.userId,
      rest: "queue",
      due: "48",
    }),
  },
  "/campaigns/:id/actions/new": {
    fields: () => ({ of: "tag", name: "Mark", enabled: "true", add: "done", seen: "0" }),
  },
  "/campaigns/:id/actions/:action": {
    ...onAction,
    fields: async (world) => ({
      name: "Renamed",
      enabled: "true",
      url: "https://crm.example.com/",
      seen: await seenOn(world, `/campaigns/${world.campaign.id}/actions/pca_1`),
    }),
  },
  "/campaigns/:id/actions/:action/remove": { ...onAction, fields: () => ({ seen: "1" }) },
  "/campaigns/:id/actions/:action/secret": onAction,
  "/campaigns/:id/actions/order": {
    before: async (world) => {
      await send("/campaigns/:id/actions/new", () => ({ of: "tag", name: "One", add: "one", seen: "0" }))(world);
      await send("/campaigns/:id/actions/new", () => ({ of: "tag", name: "Two", add: "two", seen: "1" }))(world);
    },
    fields: async (world) => {
      const { text } = await world.pages.page(`/dashboard/campaigns/${world.campaign.id}/actions`);
      return { seen: "2", action: /name="action" value="(\w+)"/.exec(text)?.[1] ?? "", to: "1" };
    },
  },
  "/calls/:id/actions": {
    before: ({ call }) => mintCallActions(db, call),
    acts: ["call.actions_retried"],
  },
  "/settings/service-levels": {
    fields: () => ({ once: "once", name: "Soon", measure: "task_reviewed", within: "8", days: "" }),
  },
  "/settings/service-levels/:id/end": { part: ({ policy }) => ({ id: policy.id }) },
  "/reviewers/away": { fields: ({ member }) => ({ reviewer: member.userId, until: "2026-09-01" }) },
  "/reviewers/:id/back": { before: sendAway, part: ({ member }) => ({ id: member.userId }) },
  "/campaigns/:id/archive": {},
  "/campaigns/:id/restore": { before: send("/campaigns/:id/archive") },
  "/reviews/take": {},
  "/reviews/:id": { before: ownReview, fields: () => ({ do: "submit", "a.greeting": "yes", "a.tone": "3" }) },
  "/reviews/:id/skip": { before: ownReview, fields: () => ({ reason: "audio" }) },
  "/reviews/:id/escalate": { before: ownReview, fields: () => ({ reason: "Look." }) },
  "/reviews/:id/resume": {
    before: async (world) => {
      await ownReview(world);
      await db.update(reviews).set({ state: "assigned" }).where(eq(reviews.id, world.review.id));
    },
  },
  "/reviews/:id/second-opinion": { before: ownReview },
  "/tasks/:id/state": { fields: () => ({ state: "closed", reason: "no_conversation" }) },
  "/tasks/:id/opinions": { fields: () => ({ wanted: "2" }) },
  "/tasks/:id/review": {},
  "/tasks/:id/decide": {
    part: ({ apart }) => ({ id: apart.id }),
    fields: () => ({ holds: "", score: "80", why: "Only late." }),
  },
  "/reviews/:id/undo": {
    before: async (world) => {
      await ownReview(world);
      await db
        .update(reviews)
        .set({ state: "submitted", undoUntil: NOON + 10_000 })
        .where(eq(reviews.id, world.review.id));
    },
  },
  "/scorecards/file": {
    fields: () => ({ once: "once", file: JSON.stringify({ name: "Nights", definition: ONE_QUESTION }) }),
  },
  "/scorecards": { fields: () => ({ once: "once", name: "Night calls" }) },
  "/scorecards/:id": {
    fields: async (world) => ({
      seen: await seenOn(world, `/scorecards/${world.scorecard.id}`),
      name: "Renamed",
      pass: "80",
      "s0.title": "Opening",
      "s0.weight": "1",
      "s0.c0.text": "Greets",
      "s0.c0.kind": "yes_no",
      "s0.c0.weight": "1",
    }),
  },
  "/scorecards/:id/archive": {},
};

/** The review of the world is the person's own, as is none of the organization's key. */
async function ownReview({ review, owner }: PageWorld): Promise<void> {
  await db.update(reviews).set({ reviewerId: owner.userId }).where(eq(reviews.id, review.id));
}

function viewPart({ owner }: PageWorld): Record<string, string> {
  return { id: owner.userId.replace("usr_", "view_") };
}

function newView(world: PageWorld): Record<string, string> {
  return { query: "state=completed", name: "Mine", form: viewPart(world)["id"] ?? "" };
}

function tagInBulk({ call }: PageWorld): Record<string, string> {
  return { action: "tag", tags: "vip", calls: call.id, until: String(NOON), back: "/dashboard/calls", form: FORM };
}

async function doneJobPart({ organization }: PageWorld): Promise<Record<string, string>> {
  const rows = await db.select().from(jobs).where(eq(jobs.organizationId, organization.id));
  return { id: rows.find(({ state }) => state !== "open")?.id ?? "" };
}

async function newSftpStorage({ organization, campaign }: World): Promise<void> {
  const made = await createConnector(
    { db, masterKeys: TEST_MASTER_KEYS, guardPolicy: { allowPrivateAddresses: true, ownHosts: [] } },
    {
      organizationId: organization.id,
      reach: FULL_REACH,
      kind: "sftp",
      name: "Server",
      campaignId: campaign.id,
      settings: { host: "sftp.example.com", username: "carla", import_path: "/in" },
      credentials: { password: "hush-hush" },
    },
    ACT_AT_NOON,
  );
  if (!made.ok) throw new Error(JSON.stringify(made.error));
}

async function fileOf({ connector }: World): Promise<Record<string, string>> {
  const file = await db.select().from(connectorFiles).where(eq(connectorFiles.connectorId, connector.id)).get();
  return { file: file?.id ?? "" };
}

/** What a form was shown with, as its fields. */
async function filledOn(world: PageWorld, path: string): Promise<Record<string, string>> {
  const { text } = await world.pages.page(`/dashboard${path}`);
  const fields = text.matchAll(/<input[^>]*\sname="(\w+)"[^>]*\svalue="([^"]*)"/g);
  return Object.fromEntries(
    [...fields].flatMap(([, name = "", value = ""]) =>
      name === "csrf" ? [] : [[name, value.replaceAll("&amp;", "&")]],
    ),
  );
}
