import { z } from "zod";
import { within } from "../../lib/deadline";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { readRetryAfter } from "../../lib/http/retry-after";
import { err, ok, type Result } from "../../lib/result";
import { MINUTE, SECOND } from "../../lib/time";
import type { ConnectorFailure, KeepCredentials, StorageDeps } from "../contract";
import { isAppOnly, type OneDriveSettings } from "./settings";
import { hostsOf } from "./clouds";

const PATIENCE = 30 * SECOND;
const MAX_ANSWER = 128 * 1024;
/** A token is taken for spent so long before it is. */
const MARGIN = 5 * MINUTE;

/** A drive and who asks for it. `credentials` are those that are stored; what replaces them goes to `keep` first. */
export type Access = {
  settings: OneDriveSettings;
  credentials: Readonly<Record<string, string>>;
  deps: Pick<StorageDeps, "fetch" | "guardPolicy" | "now"> & { keep: KeepCredentials };
  /** The question for a token that is under way: files that are fetched side by side need one. */
  asked?: Promise<Result<string, ConnectorFailure>> | undefined;
};

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().default(3600),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
});
const refusal = z.object({ error: z.string(), error_description: z.string().default("") });

/** What is asked of a person who connects. Where files are moved, writing too. */
export function scopesFor({ processed_path: to }: OneDriveSettings): string[] {
  return ["offline_access", to === null ? "Files.Read.All" : "Files.ReadWrite.All"];
}

/**
 * A token for Graph: the stored one while it is good, else a new one. Microsoft gives a new refresh token with each, and
 * that is stored, sealed, before anything is asked with it: after a crash the next look still has one that works.
 */
export async function tokenFor(access: Access): Promise<Result<string, ConnectorFailure>> {
  const { credentials, deps } = access;
  const known = credentials["access_token"];
  if (known !== undefined && Number(credentials["expires_at"] ?? 0) > deps.now() + MARGIN) return ok(known);
  access.asked ??= askAnew(access).finally(() => (access.asked = undefined));
  return access.asked;
}

async function askAnew(access: Access): Promise<Result<string, ConnectorFailure>> {
  const { credentials, settings } = access;
  if (isAppOnly(settings))
    return renew(access, { grant_type: "client_credentials", scope: `https://${hostsOf(settings).graph}/.default` });
  const refresh = credentials["refresh_token"];
  if (refresh === undefined) return err({ code: "not_connected", detail: "there is no refresh token" });
  return renew(access, {
    grant_type: "refresh_token",
    refresh_token: refresh,
    scope: scopesFor(settings).join(" "),
  });
}

/** Forgets a token that was refused although it should be good. */
export function dropToken(access: Access): void {
  const { access_token: _, ...kept } = access.credentials;
  access.credentials = kept;
}

/** Asks for a token, and stores what came with it. */
export async function renew(
  access: Access,
  grant: Readonly<Record<string, string>>,
): Promise<Result<string, ConnectorFailure>> {
  const { settings, credentials, deps } = access;
  const body = new URLSearchParams({
    client_id: settings.client_id,
    client_secret: credentials["client_secret"] ?? "",
    ...grant,
  });
  const host = hostsOf(settings).login;
  const url = `https://${host}/${encodeURIComponent(settings.tenant_id)}/oauth2/v2.0/token`;
  const { fetch } = deps;
  let response: Response;
  let text: string | undefined;
  try {
    const asked = await within(PATIENCE, fetch(url, { method: "POST", body, redirect: "manual" }));
    if (asked.expired) return err({ code: "unreachable", detail: `${host} did not answer in time` });
    response = asked.value;
    const read = await within(PATIENCE, readTextUpTo(response, MAX_ANSWER));
    text = read.expired ? undefined : read.value;
  } catch (error) {
    return err({ code: "unreachable", detail: `${host}: ${String(error).slice(0, 200)}` });
  }
  const json = parsed(text);
  if (!response.ok) return err(refusedBy(host, response, json, deps.now()));
  const read = answer.safeParse(json);
  if (!read.success) return err({ code: "storage_error", detail: `${host} gave no token` });
  const { access_token, expires_in, refresh_token, scope } = read.data;
  const granted = scope ?? scopesOf(access_token);
  access.credentials = {
    ...credentials,
    access_token,
    expires_at: String(deps.now() + expires_in * SECOND),
    ...(granted !== undefined && { granted }),
    ...(refresh_token !== undefined && { refresh_token }),
  };
  await deps.keep(access.credentials);
  return ok(access_token);
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    return null;
  }
}

function refusedBy(host: string, response: Response, json: unknown, now: number): ConnectorFailure {
  const { error = "", error_description: described = "" } = refusal.safeParse(json).data ?? {};
  const number = /AADSTS(\d+)/.exec(described)?.[1] ?? "";
  const detail = `${host} answered ${response.status} ${error}${number && ` AADSTS${number}`}`;
  if (response.status === 429 || response.status >= 500) {
    const retryAfter = readRetryAfter(response.headers, now);
    const code = response.status === 429 || response.status === 503 ? "slow_down" : "storage_error";
    return { code, detail, ...(retryAfter !== null && { retryAfter }) };
  }
  if (["7000215", "7000222", "7000218"].includes(number)) return { code: "wrong_client_secret", detail };
  if (["700016", "90002", "900023", "50059", "700038"].includes(number)) return { code: "wrong_client", detail };
  if (["65001", "65004", "650056", "70011"].includes(number) || error === "invalid_scope")
    return { code: "consent_missing", detail };
  if (error === "invalid_client") return { code: "wrong_client_secret", detail };
  if (error === "unauthorized_client") return { code: "wrong_client", detail };
  return { code: "sign_in_again", detail };
}

/** What a token lets do, where it can be read: Graph's are for Graph alone to read, and may change their form. */
function scopesOf(token: string): string | undefined {
  const claims = parsed(decoded(token.split(".")[1] ?? "")) as { scp?: unknown; roles?: unknown } | null;
  if (typeof claims?.scp === "string") return claims.scp;
  return Array.isArray(claims?.roles) ? claims.roles.filter((one) => typeof one === "string").join(" ") : undefined;
}

function decoded(part: string): string {
  try {
    return atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}

/** The permissions that were granted, as names; undefined while that is not known. */
export function grantedOf(credentials: Readonly<Record<string, string>>): string[] | undefined {
  return credentials["granted"]
    ?.split(/\s+/)
    .filter((one) => one !== "")
    .map((one) => one.slice(one.lastIndexOf("/") + 1));
}

/** Whether files may be moved: not where it is known that only reading was granted. */
export function mayWrite(credentials: Readonly<Record<string, string>>): boolean {
  const granted = grantedOf(credentials);
  return granted === undefined || granted.some((one) => /^(Files|Sites)\.(ReadWrite|Manage|FullControl)/i.test(one));
}
