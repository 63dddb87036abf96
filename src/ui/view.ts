import { formatsOf, zoneOf, type Formats } from "./formats";
import { languageOf, type Language } from "./language";

/** What every component may need to know of the page it is on. */
export type View = {
  language: Language;
  formats: Formats;
  now: number;
  /** Asked for, with its query. */
  path: string;
  /** The page answers a form: its address may have no page of its own, and it may hold what was entered. */
  isPosted?: boolean;
  /** What the organization calls roles; Trunkline's names where it is left out. */
  naming?: "ordinary" | "voicesense";
  /** Panels that this browser opened (true) or folded (false), by name. */
  folds?: ReadonlyMap<string, boolean>;
  /** The tab that this browser chose last, by the group of tabs. */
  tabs?: ReadonlyMap<string, string>;
  /** Development: the mark in the frame, the pseudo-language and the page of components. */
  isLocal: boolean;
};

/** The browser's cookies that choose the language and name the time zone (ui/browser/app.ts). */
export const LANGUAGE_COOKIE = "trunkline_language";
export const ZONE_COOKIE = "trunkline_zone";
/** The browser's cookie of panels that were opened or, with a `-` before their name, folded (ui/browser/folds.ts). */
export const FOLDS_COOKIE = "trunkline_folds";
/** The browser's cookie of tabs that were chosen, `group-name` of each (ui/browser/tabs.ts). */
export const TABS_COOKIE = "trunkline_tabs";

const YEAR = 31_536_000;

/** `Set-Cookie` that remembers a language on this browser. */
export function languageCookie(language: string, isSecure: boolean): string {
  const secure = isSecure ? "; Secure" : "";
  return `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${YEAR}; SameSite=Lax; HttpOnly${secure}`;
}

/** The view of a request. */
export function viewOf(request: Request, deployment: { now: number; isLocal: boolean }): View {
  const cookies = cookiesIn(request.headers.get("cookie") ?? "");
  const { now, isLocal } = deployment;
  const language = languageOf(
    cookies.get(LANGUAGE_COOKIE),
    request.headers.get("accept-language") ?? undefined,
    isLocal,
  );
  const { pathname, search } = new URL(request.url);
  return {
    language,
    formats: formatsOf(language, zoneOf(cookies.get(ZONE_COOKIE))),
    now,
    path: pathname + search,
    isPosted: request.method !== "GET" && request.method !== "HEAD",
    folds: foldsIn(cookies.get(FOLDS_COOKIE)),
    tabs: tabsIn(cookies.get(TABS_COOKIE)),
    isLocal,
  };
}

function foldsIn(text = ""): ReadonlyMap<string, boolean> {
  const names = text.split(".").filter((name) => name !== "");
  return new Map(names.map((name) => (name.startsWith("-") ? [name.slice(1), false] : [name, true])));
}

function tabsIn(text = ""): ReadonlyMap<string, string> {
  return new Map(
    text.split(".").flatMap((one) => {
      const [group, name] = one.split("-");
      return group && name ? [[group, name] as const] : [];
    }),
  );
}

function cookiesIn(header: string): Map<string, string> {
  return new Map(
    header.split(";").flatMap((part) => {
      const [, name, value] = /^\s*([\w-]+)=([\w%/+.-]*)\s*$/.exec(part) ?? [];
      if (name === undefined || value === undefined) return [];
      try {
        return [[name, decodeURIComponent(value)]];
      } catch {
        return [];
      }
    }),
  );
}
