import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { after, before, describe, test } from "node:test";
import { expectSuccess, request, textAt, valueAt } from "../../scripts/api-client.ts";
import { SESSION_COOKIE } from "../../src/lib/http/session-cookie.ts";
import { anuraNotice } from "../bench/notices.ts";
import { makeOrganization, type Organization } from "../bench/organization.ts";
import { migrate, startServer, type Server } from "../bench/server.ts";
import { failingServers, type FailingServer, type FailingServers } from "./failing-servers.ts";
import { eventually } from "./trunkline.ts";

// What is wrong, in one sentence: each failure is provoked by a real server that has it, and the sentence is read where
// people read it: in the API, on pages and in the letter that a mail provider is handed, in English and Spanish. One code
// everywhere. What the servers do goes through the runtime's own sockets.

const MINUTE = 60_000;
const PATIENCE = 1.5 * MINUTE;
type Language = "en" | "es";

type Case = { code: string; cause: string; at(servers: FailingServers): Promise<FailingServer> };

const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end("no");
const answer =
  (listener: RequestListener) =>
  (servers: FailingServers): Promise<FailingServer> =>
    servers.answering(listener);
const nowhere = async (): Promise<FailingServer> => ({ url: "http://nowhere.invalid", host: "nowhere.invalid" });

const REFUSED = "a port on which nothing listens";

const DELIVERIES: readonly Case[] = [
  { code: "connection_refused", cause: REFUSED, at: (servers) => servers.refusing() },
  { code: "connection_closed", cause: "a connection that is reset", at: (servers) => servers.resetting() },
  {
    code: "plain_http",
    cause: "plain HTTP behind https",
    at: async (servers) => {
      const { host } = await servers.answering(status(200));
      return { url: `https://${host}`, host };
    },
  },
  { code: "bad_certificate", cause: "an unknown authority", at: (servers) => servers.withCertificate("unknown") },
  { code: "bad_certificate", cause: "an expired certificate", at: (servers) => servers.withCertificate("expired") },
  { code: "bad_certificate", cause: "another name's", at: (servers) => servers.withCertificate("other_name") },
  { code: "no_name", cause: "a name that does not exist", at: nowhere },
  { code: "slow", cause: "no answer in time", at: answer(() => {}) },
  { code: "wrong_secret", cause: "401", at: answer(status(401)) },
  { code: "forbidden", cause: "403", at: answer(status(403)) },
  { code: "wrong_path", cause: "404", at: answer(status(404)) },
  { code: "method_refused", cause: "405", at: answer(status(405)) },
  { code: "gone", cause: "410", at: answer(status(410)) },
  { code: "too_large", cause: "413", at: answer(status(413)) },
  { code: "body_refused", cause: "422", at: answer(status(422)) },
  { code: "throttled", cause: "429", at: answer(status(429)) },
  { code: "receiver_broken", cause: "500", at: answer(status(500)) },
  { code: "receiver_down", cause: "503", at: answer(status(503)) },
  { code: "redirects", cause: "302", at: answer(status(302, { location: "/elsewhere" })) },
];

const WAV = { "content-type": "audio/wav" };

const RECORDINGS: readonly Case[] = [
  { code: "not_allowed", cause: "403", at: answer(status(403)) },
  { code: "not_there", cause: "404", at: answer(status(404)) },
  { code: "gone", cause: "410", at: answer(status(410)) },
  { code: "busy", cause: "429", at: answer(status(429)) },
  { code: "server_error", cause: "500", at: answer(status(500)) },
  {
    code: "not_audio",
    cause: "a sign-in page",
    at: answer((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>"),
    ),
  },
  {
    code: "too_large",
    cause: "a file that is too large",
    at: answer((_, response) => response.writeHead(200, { ...WAV, "content-length": String(2 ** 40) }).write("RIFF")),
  },
  { code: "empty", cause: "a file of no bytes", at: answer((_, response) => response.writeHead(200, WAV).end()) },
  {
    code: "interrupted",
    cause: "a connection that breaks off within the file",
    at: answer((_, response) => {
      response.writeHead(200, { ...WAV, "content-length": "100000" });
      response.write(Buffer.alloc(20_000, "RIFF"), () => response.socket?.destroy());
    }),
  },
  {
    code: "redirects",
    cause: "addresses that lead in a circle",
    at: answer((incoming, response) => response.writeHead(302, { location: incoming.url ?? "/" }).end()),
  },
  { code: "unreachable", cause: REFUSED, at: (servers) => servers.refusing() },
  { code: "unreachable", cause: "a name that does not exist", at: nowhere },
];

describe("what is wrong is said in one sentence, with one code, in the API, on pages and in the letter", () => {
  const letters: { subject: string; text: string }[] = [];
  let servers: FailingServers;
  let server: Server;

  before(async () => {
    servers = failingServers();
    const provider = await servers.answering((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        letters.push(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
    // As `npm start` runs it: the local runtime hides causes, which are then looked for by a connection of our own.
    const mail = {
      INBOX: "table",
      MAIL_FROM: "Trunkline <no-reply@calls.test>",
      MAIL_URL: provider.url,
      MAIL_TOKEN: "t",
    };
    server = await startServer({ config: "wrangler.toml", quiet: true, vars: mail });
    await migrate(server);
  });
  after(async () => {
    await server?.stop();
    servers?.stop();
  });

  test("of deliveries", { timeout: 6 * MINUTE }, async (t) => {
    const organization = await makeOrganization(server, { urls: [], events: [] });
    const own = asKey(server, organization);
    const made = [];
    for (const [one, place] of await openAll(DELIVERIES, servers)) {
      const body = {
        url: `${place.url}/hooks`,
        events: ["call.completed"],
        // Time enough for a busy machine, but for the one that is to be slow.
        settings: { retry_waits_seconds: [], timeout_seconds: one.code === "slow" ? 2 : 20 },
      };
      made.push({ ...one, ...place, id: textAt(await own("/v1/endpoints", body), ["id"]) });
    }
    await notice(server, organization, "one", null);
    const pages = await signIn(server, organization, letters);
    const healths = new Map<string, object>();
    for (const { id, code, cause } of made) {
      const health = await eventually(
        `a cause of ${code}, ${cause}`,
        () => own(`/v1/endpoints/${id}/health`),
        (answered) => typeof valueAt(answered, ["code"]) === "string",
        PATIENCE,
      );
      healths.set(id, health);
    }
    const letter = await letterOf(server, organization, letters);
    for (const { id, code, cause, host } of made) {
      await t.test(`${code}: ${cause}`, async () => {
        const health = healths.get(id);
        const log = valueAt(await own(`/v1/endpoints/${id}/log`), ["data"]);
        assert.equal(valueAt(health, ["code"]), code, JSON.stringify(log));
        const message = textAt(health, ["message"]);
        assert.ok(message.includes(host), message);
        await reads({ code, host, message, letter }, (language) => pages(`/dashboard/webhooks/${id}`, language));
      });
    }
  });

  test("of recordings", { timeout: 6 * MINUTE }, async (t) => {
    const organization = await makeOrganization(server, { urls: [], events: [] });
    const own = asKey(server, organization);
    const made: (Case & FailingServer & { callId: string })[] = [];
    for (const [index, [one, place]] of (await openAll(RECORDINGS, servers)).entries()) {
      const callId = await notice(server, organization, `recording-${index}`, `${place.url}/audio.mp3`);
      made.push({ ...one, ...place, callId });
    }
    const recordings = async () => valueAt(await own("/v1/recordings?limit=50"), ["data"]) as Recording[];
    const isTried =
      (all: readonly Recording[]) =>
      ({ callId, code }: { callId: string; code: string }) =>
        all.some(({ call_id: id, reason }) => id === callId && reason?.startsWith(`${code}:`));
    const failed = await eventually("a try of each", recordings, (all) => made.every(isTried(all)), PATIENCE);
    // A day of further tries is over at once here.
    const db = await server.miniflare.getD1Database("DB");
    await db
      .prepare("UPDATE recordings SET state = 'failed', completed_at = ?1 WHERE organization_id = ?2")
      .bind(Date.now(), organization.id)
      .run();
    const given = await recordings();
    const pages = await signIn(server, organization, letters);
    const letter = await letterOf(server, organization, letters);
    for (const { code, cause, host, callId } of made) {
      await t.test(`${code}: ${cause}`, async () => {
        const reason = failed.find(({ call_id: id }) => id === callId)?.reason ?? "";
        assert.ok(reason.startsWith(`${code}:`), reason);
        const message = given.find(({ call_id: id }) => id === callId)?.message ?? "";
        await reads({ code, host, message, letter }, (language) => pages(`/dashboard/calls/${callId}`, language));
      });
    }
  });

  test("of what a platform sends", { timeout: 4 * MINUTE }, async (t) => {
    const organization = await makeOrganization(server, { urls: [], events: [] });
    const own = asKey(server, organization);
    const sourceOf = async (kind: string, name: string) => {
      const source = await own("/v1/sources", { kind, name });
      return { id: textAt(source, ["id"]), secret: valueAt(source, ["secret"]) };
    };
    const json = { "content-type": "application/json" };
    const seconds = (at: number) => String(Math.floor(at / 1000));
    const key = { "x-api-key": organization.apiKey };
    const cases: { code: string; kind: "anura" | "audian"; headers: Record<string, string>; body: string }[] = [
      { code: "missing_key", kind: "anura", headers: {}, body: "{}" },
      { code: "unknown_key", kind: "anura", headers: { "x-api-key": `tk_${"z".repeat(40)}` }, body: "{}" },
      { code: "invalid_json", kind: "anura", headers: key, body: '{"cut": ' },
      { code: "missing_fields", kind: "anura", headers: key, body: "{}" },
      { code: "missing_signature", kind: "audian", headers: {}, body: "{}" },
      {
        code: "wrong_signature",
        kind: "audian",
        headers: { "x-audian-timestamp": seconds(Date.now()), "x-audian-signature": "a".repeat(64) },
        body: "{}",
      },
      {
        code: "timestamp_out_of_window",
        kind: "audian",
        headers: { "x-audian-timestamp": seconds(Date.now() - 3_600_000), "x-audian-signature": "a".repeat(64) },
        body: "{}",
      },
    ];
    const made = [];
    for (const one of cases) {
      const name = `PBX of ${one.code}`;
      const { id } = await sourceOf(one.kind, name);
      const sent = await fetch(`${server.url}/webhook/${one.kind}/${id}`, {
        method: "POST",
        headers: { ...json, ...one.headers },
        body: one.body,
      });
      assert.ok(sent.status >= 400, `${one.code}: ${sent.status}`);
      made.push({ ...one, id, name });
    }
    const pages = await signIn(server, organization, letters);
    const messages = new Map<string, string>();
    for (const { id, code } of made) {
      const health = await eventually(
        code,
        () => own(`/v1/sources/${id}/health`),
        (answered) => valueAt(answered, ["code"]) === code,
        PATIENCE,
      );
      messages.set(id, textAt(health, ["message"]));
    }
    const letter = await letterOf(server, organization, letters);
    for (const { id, code, name } of made) {
      await t.test(code, async () => {
        const message = messages.get(id) ?? "";
        await reads({ code, host: name, message, letter }, (language) => pages(`/dashboard/sources/${id}`, language));
      });
    }
  });
});

/** Those on which nothing listens come last, for the port of one would be given to the next server. */
async function openAll(cases: readonly Case[], servers: FailingServers) {
  const isLast = ({ cause }: Case) => cause === REFUSED;
  const opened: (readonly [Case, FailingServer])[] = [];
  for (const one of [...cases.filter((other) => !isLast(other)), ...cases.filter(isLast)])
    opened.push([one, await one.at(servers)]);
  return opened;
}

type Recording = { call_id: string; state: string; reason: string | null; message: string | null };

/** The sentence is on the page and in the letter, each in its language, with the code, the host and a likely cause. */
async function reads(
  expected: { code: string; host: string; message: string; letter: Record<Language, string> },
  page: (language: Language) => Promise<string>,
): Promise<void> {
  const { code, host, message, letter } = expected;
  const likely = { en: /\b(Likely|The|Its|It)\b/, es: /\b(Probablemente|La|El|Su)\b/ };
  for (const language of ["en", "es"] as const) {
    const shown = await page(language);
    assert.ok(shown.includes(host), `${language}: no ${host} on the page`);
    assert.ok(shown.includes(code), `${language}: no ${code} on the page`);
    const line = letter[language].split("\n").find((one) => one.includes(host) && one.includes(`[${code}]`));
    assert.ok(line, `${language}: no line of ${host} with ${code} in\n${letter[language]}`);
    assert.match(line, likely[language]);
    // What likely is behind it and what to do are the same words on the page as in the letter.
    const advice = /[.)] ([^.]+\. .+) \[/.exec(line)?.[1] ?? line;
    const last = advice.split(/(?<=\.) /).at(-1) ?? advice;
    assert.ok(shown.includes(last), `${language}: “${last}” is not on the page`);
    if (language === "en") assert.ok(message.endsWith(last), `${message} does not end with ${last}`);
  }
  assert.notEqual(letter.en, letter.es);
}

function asKey(server: Server, { apiKey: token }: Organization) {
  return async (path: string, body?: object) => {
    if (body !== undefined)
      return expectSuccess(await request(server.url, path, { method: "POST", token, body }), path);
    // The runtime may close a connection as idle just when it is asked by: a question is asked again.
    const ask = () => request(server.url, path, { token });
    return expectSuccess(await ask().catch(ask), path);
  };
}

async function notice(server: Server, organization: Organization, mark: string, audio: string | null): Promise<string> {
  const { path, headers, body } = anuraNotice(organization.apiKey, organization.campaign, mark, audio ?? "");
  const sent = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
  const text = await sent.text();
  assert.equal(sent.status, 200, text);
  return textAt(JSON.parse(text), ["call_id"]);
}

/** Pages as a person of the organization sees them, as plain text. They came in by the link of a letter. */
async function signIn(server: Server, organization: Organization, letters: { text: string }[]) {
  const { adminToken: token } = server.secrets;
  const email = `ana-${organization.campaign}-${organization.id}@acme.test`;
  const password = randomBytes(12).toString("hex");
  const invitation = { method: "POST", token, body: { email } };
  const invitations = `/admin/organizations/${organization.id}/owner-invitations`;
  letters.splice(0);
  expectSuccess(await request(server.url, invitations, invitation), "inviting");
  const link = /\/invitations\/(\S+)/.exec(letters[0]?.text ?? "")?.[1] ?? "";
  const body = { token: link, name: "Ana", password };
  expectSuccess(await request(server.url, "/v1/invitations/accept", { method: "POST", body }), "accepting");
  const signedIn = await fetch(`${server.url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: server.url, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ email, password }),
  });
  const session = signedIn.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`)) ?? "";
  return async (path: string, language: Language): Promise<string> => {
    const cookie = `${session.slice(0, session.indexOf(";"))}; trunkline_language=${language}`;
    const page = await fetch(`${server.url}${path}`, { headers: { cookie } });
    assert.equal(page.status, 200, path);
    const text = (await page.text())
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll("&#39;", "'")
      .replaceAll("&quot;", '"');
    return text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&").replaceAll(/\s+/g, " ");
  };
}

/** The daily letter of the organization's owner, in both languages; its day has come. */
async function letterOf(
  server: Server,
  organization: Organization,
  letters: { subject: string; text: string }[],
): Promise<Record<Language, string>> {
  const db = await server.miniflare.getD1Database("DB");
  const worker = await server.miniflare.getWorker();
  const inLanguage = async (language: Language) => {
    letters.splice(0);
    await db
      .prepare(
        `INSERT OR REPLACE INTO notification_digests (organization_id, user_id, due_at, covered_until, language)
          SELECT organization_id, user_id, 0, 0, ?2 FROM memberships WHERE organization_id = ?1`,
      )
      .bind(organization.id, language)
      .run();
    await eventually(
      "the letter",
      async () => {
        await worker.scheduled({ cron: "* * * * *" });
        return letters.length;
      },
      (count) => count > 0,
      PATIENCE,
    );
    return letters[0]?.text ?? "";
  };
  return { en: await inLanguage("en"), es: await inLanguage("es") };
}
