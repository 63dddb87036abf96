import { z } from "zod";
import { DAY, MINUTE } from "../../lib/time";
import { askJson } from "./ask";
import { driveOf } from "./settings";
import type { Access } from "./token";

/** Graph keeps a subscription to a drive for 42,300 minutes at most; it is renewed while some of that is left. */
const LIFE = 42_000 * MINUTE;
const RENEWED_BEFORE = 3 * DAY;
/** Where Graph would not, it is asked again after so long: files still come with the next look. */
const RETRY = DAY;

const subscription = z.object({ id: z.string(), expirationDateTime: z.string() });

/**
 * Has Graph tell us when something changes, and goes on having it: a new subscription, or the known one for longer. What
 * proves later that a notice is Graph's is stored, sealed, before Graph knows of it.
 */
export async function watchDrive(access: Access, url: string): Promise<void> {
  const { credentials, deps, settings } = access;
  const { watch_id: id, watch_url: known, watch_until: until = "0" } = credentials;
  const isSame = id !== undefined && known === url;
  if (known === url && Number(until) > deps.now() + (isSame ? RENEWED_BEFORE : 0)) return;
  const expirationDateTime = new Date(deps.now() + LIFE).toISOString();
  const renewed = isSame
    ? await askJson(access, `/subscriptions/${encodeURIComponent(id)}`, subscription, {
        method: "PATCH",
        body: { expirationDateTime },
      })
    : undefined;
  // Whatever is wrong with the known one, a new one is asked for; the old one ends by itself.
  const state = renewed?.ok ? (credentials["watch_state"] ?? "") : newState();
  if (!renewed?.ok) await keep(access, { watch_state: state });
  const made = renewed?.ok
    ? renewed
    : await askJson(access, "/subscriptions", subscription, {
        method: "POST",
        body: {
          changeType: "updated",
          notificationUrl: url,
          lifecycleNotificationUrl: url,
          resource: `${driveOf(settings)}/root`,
          expirationDateTime,
          clientState: state,
        },
      });
  if (made.ok) {
    const end = Date.parse(made.value.expirationDateTime);
    const watch_until = String(Number.isNaN(end) ? deps.now() + RETRY : end);
    await keep(access, { watch_id: made.value.id, watch_url: url, watch_until });
    return;
  }
  const { watch_id: _, ...others } = access.credentials;
  access.credentials = others;
  await keep(access, { watch_url: url, watch_until: String(deps.now() + RETRY) });
}

async function keep(access: Access, more: Readonly<Record<string, string>>): Promise<void> {
  access.credentials = { ...access.credentials, ...more };
  await access.deps.keep(access.credentials);
}

function newState(): string {
  return [crypto.randomUUID(), crypto.randomUUID()].join("").replaceAll("-", "");
}
