import type { AttemptContext } from "../../../../src/delivery/profiles";
import { eventExamples, type EventType } from "../../../../src/events";

export const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OTHER_WHSEC = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/** The catalog's example of an event, as loose as profiles see it. */
export function exampleOf(type: string): Record<string, unknown> {
  return eventExamples[type as EventType];
}

/** A first attempt at telling `type`, on 2023-11-14 at 22:13:20. */
export function attemptOf(type: string, overrides: Partial<AttemptContext> = {}): AttemptContext {
  return {
    endpointId: "end_1",
    organizationId: "org_1",
    eventId: "evt_1",
    deliveryId: "dlv_1",
    type,
    seq: 3,
    recordedAt: 1_700_000_000_123,
    data: exampleOf(type),
    gap: null,
    attempt: 1,
    test: false,
    now: 1_700_000_000_456,
    method: "POST",
    headers: {},
    template: null,
    ed25519: false,
    secrets: [WHSEC],
    publicUrl: "https://trunkline.test",
    ...overrides,
  };
}

/** HMAC-SHA256 in hexadecimal, made here and not by the code under test. */
export async function hexHmac(secret: string, message: string): Promise<string> {
  return [...new Uint8Array(await signed(new TextEncoder().encode(secret), message))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** HMAC-SHA256 in base64 under a key of bytes. */
export async function base64Hmac(key: Uint8Array, message: string): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await signed(key, message))));
}

async function signed(key: Uint8Array, message: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", new Uint8Array(key), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(message));
}

/** A header of a request, whatever the case of its name. */
export function header(headers: Record<string, string>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
