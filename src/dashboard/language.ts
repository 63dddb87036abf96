import { Hono } from "hono";
import { z } from "zod";
import { LANGUAGES } from "../ui/language";
import { LANGUAGE_COOKIE } from "../ui/view";
import { ownPath } from "../lib/http/own-path";

const YEAR = 31_536_000;

const choice = z.object({ language: z.enum([...LANGUAGES, "pseudo"]), back: ownPath.catch("/") });

/** Remembers the language that a person chose, on this browser. */
export function languageRoutes() {
  return new Hono().post("/dashboard/language", async (c) => {
    const parsed = choice.safeParse(await c.req.parseBody());
    if (parsed.success) {
      const secure = c.req.url.startsWith("https:") ? "; Secure" : "";
      c.header(
        "set-cookie",
        `${LANGUAGE_COOKIE}=${parsed.data.language}; Path=/; Max-Age=${YEAR}; SameSite=Lax; HttpOnly${secure}`,
      );
    }
    return c.redirect(parsed.data?.back ?? "/", 303);
  });
}
