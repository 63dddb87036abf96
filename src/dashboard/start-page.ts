import { Hono } from "hono";
import { html, raw } from "hono/html";

/**
 * `/`: what runs here and where to go on. A browser gets a page, a program the same addresses as JSON. It shows nothing
 * of an organization and nothing secret, because anyone who reaches the deployment may read it.
 */
export function homeRoutes<Bindings extends object>(originOf: (request: Request, env: Bindings) => string) {
  const routes = new Hono<{ Bindings: Bindings }>();
  routes.get("/", async (c) => {
    c.header("vary", "Accept");
    c.header("cache-control", "no-cache");
    if (!/\btext\/html\b/i.test(c.req.header("accept") ?? "")) return c.json(ADDRESSES);
    c.header("content-security-policy", await policy());
    return c.html(page(originOf(c.req.raw, c.env)));
  });
  return routes;
}

const ADDRESSES = { name: "trunkline", health: "/health", openapi: "/openapi.json" } as const;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1c2024;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}a{color:#0b57a4}
pre{background:#f3f4f6;padding:.75rem;overflow-x:auto;border-radius:.4rem}code{font-size:.9em}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181b}a{color:#8cc2ff}pre{background:#22262a}}`;

/** No script, no frame, no form, nothing from elsewhere: only the page's one style, by its hash. */
async function policy(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function page(origin: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Trunkline</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <h1>Trunkline is running</h1>
        <p>
          It takes calls in from phone systems, keeps their recordings, analyses them, and delivers signed webhooks.
        </p>
        <ul>
          <li><a href="/health">Health</a></li>
          <li><a href="/openapi.json">The API</a>, as OpenAPI 3.1</li>
        </ul>
        <h2>Send a first call</h2>
        <p>With an API key of an organization, as the phone system Anura would:</p>
        <pre><code>KEY=tk_…
curl -sS -X POST ${origin}/webhook/anura/ -H "X-API-Key: $KEY" -H "Content-Type: application/json" -d '{
  "dialtime": "2026-02-10 10:30:45", "direction": "inbound", "status": "answered",
  "calling": "+5491167950079", "called": "+5491126888209",
  "duration": "125", "billseconds": "120", "wasrecorded": "false", "campaign_id": 1 }'</code></pre>
        <p>and what came of it:</p>
        <pre><code>curl -sS -H "X-API-Key: $KEY" ${origin}/v1/calls
curl -sS -H "X-API-Key: $KEY" ${origin}/v1/inbound</code></pre>
        <h2>Where the key is</h2>
        <p>
          <code>npm start</code> prints the one of its demo organization, and keeps it in
          <code>.trunkline/dev.json</code>. On a deployment, its admin makes organizations with
          <code>POST /admin/organizations</code>; the answer shows the key once.
        </p>
        <h2>Go on</h2>
        <p>
          In the project's <code>docs/</code>: <code>use/first-look.md</code>,
          <code>use/receive-real-calls.md</code> and a page for each phone system.
        </p>
      </body>
    </html>`;
}
