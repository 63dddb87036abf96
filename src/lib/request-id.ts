import { toHex } from "./hmac";

export const REQUEST_ID_HEADER = "x-request-id";

/** A fresh id of a request. None is taken from outside. */
export function newRequestId(): string {
  return `req_${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
}
