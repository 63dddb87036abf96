import { z } from "zod";

/** Bindings and variables, checked once per isolate. One message names everything that is wrong. */
export type Config = {
  /** The origin of this deployment, without a trailing slash. */
  publicUrl: string;
  /** Whether URLs may point at loopback and private addresses, and use plain http. Local development only. */
  allowPrivateAddresses: boolean;
  /** The most that one request of an upload may have, in bytes: what the zone in front lets through. */
  uploadRequestBytes: number;
  /** Whether ingest writes a D1 row before its queue message. */
  inbox: "queue" | "table";
  /** Sealing keys by version, 32 bytes each. The highest version seals, the others only open. */
  masterKeys: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  /** The address of a server that transcribes for every organization; null where there is none. */
  transcribeUrl: string | null;
  /** Opens the admin's routes. The secret is named OPERATOR_TOKEN, as in existing deployments. */
  adminToken: string;
  /** How mail is sent; null: it is not, and links are shown instead. */
  mail: MailConfig | null;
  /** Who is notified of figures beyond their threshold, by mail; "" where nobody is. */
  adminEmail: string;
};

/** Without a provider, mail goes by the binding EMAIL. */
export type MailConfig = { from: string; provider: { url: string; token: string } | null };

const masterKeys = z.string().transform((text, context) => {
  const keys = new Map<number, Uint8Array<ArrayBuffer>>();
  for (const entry of text.split(",")) {
    const match = /^(\d+):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim());
    if (!match?.[1] || !match[2]) {
      context.addIssue({ code: "custom", message: "expected `version:base64 of 32 bytes`, comma separated" });
      return z.NEVER;
    }
    keys.set(
      Number(match[1]),
      Uint8Array.from(atob(match[2]), (character) => character.charCodeAt(0)),
    );
  }
  return keys;
});

const variables = z.object({
  PUBLIC_URL: z.string().transform((url) => url.replace(/\/+$/, "")),
  ALLOW_PRIVATE_ADDRESSES: z.enum(["true", "false"]).transform((value) => value === "true"),
  INBOX: z.enum(["queue", "table"]),
  UPLOAD_REQUEST_BYTES: z
    .string()
    .regex(/^[1-9]\d{0,11}$/, "expected a number of bytes")
    .transform(Number),
  MASTER_KEYS: masterKeys,
  OPERATOR_TOKEN: z.string().min(24),
  TRANSCRIBE_URL: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  MAIL_FROM: z.string().trim().max(320).default(""),
  MAIL_URL: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  MAIL_TOKEN: z.string().trim().default(""),
  ADMIN_EMAIL: z.union([z.literal(""), z.email()]).default(""),
});

type Named = z.input<typeof variables>;
type Optional = { [Name in keyof Named]: undefined extends Named[Name] ? Name : never }[keyof Named] & string;
type Variables = Record<Exclude<keyof Named, Optional>, unknown> & Partial<Record<Optional, unknown>>;

// An isolate's environment does not change, so it is checked once and not per request.
const checked = new WeakMap<Variables, Config>();

/** The configuration of this deployment. Throws, naming what is wrong, when it is not valid. */
export function readConfig(env: Variables): Config {
  const known = checked.get(env);
  if (known) return known;
  const config = checkConfig(env);
  checked.set(env, config);
  return config;
}

function checkConfig(env: Variables): Config {
  const parsed = variables.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`Trunkline is not configured: ${problems.join("; ")}`);
  }
  return {
    publicUrl: parsed.data.PUBLIC_URL,
    allowPrivateAddresses: parsed.data.ALLOW_PRIVATE_ADDRESSES,
    inbox: parsed.data.INBOX,
    uploadRequestBytes: parsed.data.UPLOAD_REQUEST_BYTES,
    masterKeys: parsed.data.MASTER_KEYS,
    transcribeUrl: parsed.data.TRANSCRIBE_URL === "" ? null : parsed.data.TRANSCRIBE_URL,
    adminToken: parsed.data.OPERATOR_TOKEN,
    mail: mailIn(parsed.data),
    adminEmail: parsed.data.ADMIN_EMAIL,
  };
}

function mailIn({ MAIL_FROM, MAIL_URL, MAIL_TOKEN }: z.output<typeof variables>): MailConfig | null {
  if (MAIL_FROM === "") return null;
  return { from: MAIL_FROM, provider: MAIL_URL === "" ? null : { url: MAIL_URL, token: MAIL_TOKEN } };
}
