import { OPTIONAL_COLUMNS, type OptionalColumn } from "./row";

const COOKIE = "trunkline_columns";
const YEAR = 31_536_000;

/** The columns that this browser shows: all, until some are chosen. */
export function columnsIn(cookies: string | null): readonly OptionalColumn[] {
  const [, chosen] = new RegExp(`(?:^|;\\s*)${COOKIE}=([a-z.]*)`).exec(cookies ?? "") ?? [];
  if (chosen === undefined) return OPTIONAL_COLUMNS;
  const names = chosen.split(".");
  return OPTIONAL_COLUMNS.filter((column) => names.includes(column));
}

/** `Set-Cookie` for a choice of columns. */
export function columnsCookie(chosen: readonly string[], secure: boolean): string {
  const known = OPTIONAL_COLUMNS.filter((column) => chosen.includes(column));
  return `${COOKIE}=${known.join(".")}; Path=/dashboard; Max-Age=${YEAR}; SameSite=Lax; HttpOnly${secure ? "; Secure" : ""}`;
}
