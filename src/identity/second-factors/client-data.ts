import { z } from "zod";
import { fromBase64 } from "../../lib/hmac";

const base64Url = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/);

const credential = {
  id: base64Url.min(1).max(1_400),
  rawId: base64Url.min(1).max(1_400),
  type: z.literal("public-key"),
  /** Nothing is asked of extensions, and so nothing of them is kept. */
  clientExtensionResults: z.object({}),
};

/** What `navigator.credentials.create` gives, as JSON. */
export const newPasskeyResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64Url,
    attestationObject: base64Url,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});

/** What `navigator.credentials.get` gives, as JSON. */
export const passkeyResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64Url,
    authenticatorData: base64Url,
    signature: base64Url,
    userHandle: base64Url.nullable().optional(),
  }),
});

export type NewPasskeyResponse = z.output<typeof newPasskeyResponse>;
export type PasskeyResponse = z.output<typeof passkeyResponse>;

const clientData = z.object({ challenge: z.string().max(200) });

/** The challenge that a response answers; undefined when its client data cannot be read. */
export function challengeIn({ response }: { response: { clientDataJSON: string } }): string | undefined {
  const bytes = fromBase64(response.clientDataJSON);
  try {
    const read = clientData.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return read.data?.challenge;
  } catch {
    return undefined;
  }
}
