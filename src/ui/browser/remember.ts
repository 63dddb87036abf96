const YEAR = 31_536_000;

/**
 * Puts one thing into a cookie of names with dots between them (src/ui/view.ts reads it), in place of those that are the
 * same thing.
 */
export function rememberOne(cookie: string, isSame: (one: string) => boolean, name: string): void {
  const [, known = ""] = new RegExp(`(?:^|;\\s*)${cookie}=([\\w.-]*)`).exec(document.cookie) ?? [];
  const others = known.split(".").filter((one) => one !== "" && !isSame(one));
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${cookie}=${[...others, name].join(".")}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}
