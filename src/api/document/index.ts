import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { isNamedBy } from "../../lib/http/entity-tag";
import { sha256Hex } from "../../lib/hmac";
import type { ApiEnv } from "../router";
import { llmsText } from "./llms";
import { docsPage } from "./page";
import { postmanCollection } from "./postman";
import { ORIGIN, registerTheRest, writeDocument } from "./write";

const TAG_LENGTH = 16;

/** Where the API describes itself, to programs and to people. */
export const OWN_PATHS = ["/openapi.json", "/postman.json", "/llms.txt", "/docs"];

type Kind = { type: string; make(app: OpenAPIHono<ApiEnv>): string };

const KINDS: Record<string, Kind> = {
  "/openapi.json": { type: "application/json", make: (app) => JSON.stringify(writeDocument(app)) },
  "/postman.json": { type: "application/json", make: (app) => JSON.stringify(postmanCollection(writeDocument(app))) },
  "/llms.txt": { type: "text/plain; charset=utf-8", make: (app) => llmsText(writeDocument(app)) },
};

/** Serves the description of everything mounted on the app so far. */
export function serveDocument(app: OpenAPIHono<ApiEnv>): void {
  registerTheRest(app);
  for (const [path, { type, make }] of Object.entries(KINDS)) {
    let made: Promise<{ text: string; tag: string }> | undefined;
    app.get(path, async (c) => {
      made ??= tagged(make(app));
      return answerWith(c, await made, type);
    });
  }
  app.get("/docs", (c) => docsPage(c));
}

/** Within an isolate only the address differs between requests. */
async function answerWith(c: Context<ApiEnv>, { text, tag }: { text: string; tag: string }, type: string) {
  const url = c.var.deps.config.publicUrl || new URL(c.req.url).origin;
  const etag = `"${tag}-${(await sha256Hex(url)).slice(0, TAG_LENGTH)}"`;
  c.header("etag", etag);
  c.header("cache-control", "no-cache");
  if (isNamedBy(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  return c.body(
    text.replaceAll(ORIGIN, () => url),
    200,
    { "content-type": type },
  );
}

async function tagged(text: string): Promise<{ text: string; tag: string }> {
  return { text, tag: (await sha256Hex(text)).slice(0, TAG_LENGTH) };
}
