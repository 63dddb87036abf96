import { Hono } from "hono";
import { z } from "zod";
import { LANGUAGES } from "../ui/language";
import { languageCookie } from "../ui/view";
import { ownPath } from "../lib/http/own-path";

const choice = z.object({ language: z.enum([...LANGUAGES, "pseudo"]), back: ownPath.catch("/") });

/** Remembers the language that a person chose, on this browser. */
export function languageRoutes() {
  return new Hono().post("/dashboard/language", async (c) => {
    const parsed = choice.safeParse(await c.req.parseBody());
    if (parsed.success) c.header("set-cookie", languageCookie(parsed.data.language, c.req.url.startsWith("https:")));
    return c.redirect(parsed.data?.back ?? "/", 303);
  });
}
