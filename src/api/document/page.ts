import { html } from "hono/html";
import type { Context } from "hono";
import { assets } from "#assets";
import { CONTENT_SECURITY_POLICY, PAGE_HEADERS } from "../../ui/security";

// The style sheet of swagger-ui has its icons in itself.
const POLICY = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' data:");

/** `/docs`: the document for people, who can try each operation there. Everything comes from this deployment. */
export function docsPage(c: Context): Response | Promise<Response> {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API · Trunkline</title>
        <link rel="stylesheet" href="${assets.apiDocsStyles}" />
        <link rel="icon" href="${assets.mark}" type="image/svg+xml" />
        <script type="module" src="${assets.apiDocs}"></script>
      </head>
      <body>
        <noscript>
          <p>This page needs scripts. The same is at <a href="/llms.txt">/llms.txt</a>, as text.</p>
          <p lang="es">Esta página necesita scripts. Lo mismo está en <a href="/llms.txt">/llms.txt</a>, como texto.</p>
        </noscript>
        <main id="api"></main>
      </body>
    </html>`;
  return c.html(page, 200, { ...PAGE_HEADERS, "content-security-policy": POLICY, "cache-control": "no-cache" });
}
