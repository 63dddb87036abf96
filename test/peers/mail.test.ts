import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { PROJECT } from "../../scripts/wrangler.ts";

// Both ways to send mail, in the runtime: to a peer over the wire in the form that providers take (Resend's
// POST /emails: a bearer token and `from`, `to` as a list, `subject`, `text`), and by the runtime's own `send_email`, which
// writes the letter into a file.

const LETTER = {
  to: "ana@acme.example",
  subject: "Una contraseña nueva — Ñandú",
  text: "Ábralo:\n\nhttps://x.test/á\n",
};
const FROM = "Trunkline <no-reply@calls.example.com>";
const TOKEN = "re_a-token-of-the-provider";

const WORKER = `
import { cloudflareMailer, providerMailer } from "./src/lib/mail/index.ts";
export default {
  async fetch(request, env) {
    const { way, letter, url } = await request.json();
    const guardPolicy = { allowPrivateAddresses: url?.startsWith("http://127.") ?? false, ownHosts: [] };
    const mailer = way === "binding"
      ? cloudflareMailer(env.EMAIL, "no-reply@calls.example.com")
      : providerMailer({ url, token: ${JSON.stringify(TOKEN)}, from: ${JSON.stringify(FROM)} }, { fetch: (...asked) => fetch(...asked), guardPolicy });
    return Response.json(await mailer.send(letter));
  },
};`;

type Sent = { method: string | undefined; url: string | undefined; headers: IncomingMessage["headers"]; body: string };

let server: Server;
let runtime: Miniflare;
let answer = { status: 200, headers: {} as Record<string, string> };
const sent: Sent[] = [];
let output = "";

before(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers } = request;
      sent.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(JSON.stringify({ id: "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794" }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bundled = await build({
    stdin: { contents: WORKER, resolveDir: PROJECT, sourcefile: "mail-worker.ts", loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    conditions: ["workerd", "worker"],
    external: ["node:*", "cloudflare:*"],
  });
  runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: "ESModule", path: "worker.mjs", contents: bundled.outputFiles[0]?.text ?? "" }],
      compatibilityDate: "2026-08-15",
      compatibilityFlags: ["nodejs_compat"],
      cf: false,
      email: { send_email: [{ name: "EMAIL", allowed_destination_addresses: [LETTER.to] }] },
      handleStructuredLogs: ({ message }: { message: string }) => void (output += `${message}\n`),
    }),
  );
  await runtime.ready;
});
after(async () => {
  await runtime?.dispose();
  server?.close();
});

async function send(asked: object): Promise<{ ok: boolean; error?: string }> {
  const response = await runtime.dispatchFetch("http://mail.test/", {
    method: "POST",
    body: JSON.stringify({ letter: LETTER, ...asked }),
  });
  return (await response.json()) as { ok: boolean; error?: string };
}

const peer = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/emails`;

test("a provider gets one POST of JSON with the token, whole and in UTF-8", async () => {
  assert.deepEqual(await send({ url: peer() }), { ok: true });
  const [one, ...others] = sent.splice(0);
  assert.deepEqual(others, []);
  assert.equal(`${one?.method} ${one?.url}`, "POST /emails");
  assert.equal(one?.headers["content-type"], "application/json");
  assert.equal(one?.headers["authorization"], `Bearer ${TOKEN}`);
  assert.equal(one?.headers["content-length"], String(Buffer.byteLength(one?.body ?? "")));
  assert.deepEqual(JSON.parse(one?.body ?? ""), {
    from: FROM,
    to: [LETTER.to],
    subject: LETTER.subject,
    text: LETTER.text,
  });
});

for (const status of [400, 401, 422, 429, 500, 302])
  test(`a provider that answers ${status} has not taken the letter`, async () => {
    answer = { status, headers: status === 302 ? { location: `${peer()}?elsewhere` } : {} };
    const refused = await send({ url: peer() });
    assert.equal(refused.ok, false);
    assert.match(refused.error ?? "", new RegExp(` answered ${status}$`));
    // A redirect is not followed: the token would go with it.
    assert.equal(sent.splice(0).length, 1);
    answer = { status: 200, headers: {} };
  });

test("a provider that is not there, or where the deployment may not go, is a failure and no exception", async () => {
  const gone = createServer();
  gone.listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const away = await send({ url: `http://127.0.0.1:${port}/emails` });
  assert.match(away.error ?? "", /could not be reached/);
  const inside = await send({ url: "https://169.254.169.254/emails" });
  assert.equal(inside.ok, false);
  assert.equal(sent.length, 0);
});

test("the runtime's send_email takes the letter as it is", async () => {
  output = "";
  assert.deepEqual(await send({ way: "binding" }), { ok: true });
  assert.match(output, /no-reply@calls\.example\.com/);
  assert.match(output, new RegExp(LETTER.subject));
  const file = /Text: (.+\.txt)/.exec(output)?.[1]?.trim() ?? "";
  assert.equal(await readFile(join(file), "utf8"), LETTER.text);
});

test("what send_email refuses is the reason that the caller gets", async () => {
  const refused = await send({ way: "binding", letter: { ...LETTER, to: "eve@evil.example" } });
  assert.deepEqual(refused, { ok: false, error: "email to eve@evil.example not allowed" });
});
