import { z } from "zod";
import { HOST_KEY, readPrivateKey, type KeyProblem } from "../../lib/ssh";
import { IMPORT_FROM, refuseMoves, serverFolder, serverHost } from "../folders/settings";
import { campaignMap, filePatterns, naming, processedFolder } from "../rules/schema";
import { sidecar } from "../sidecar/rule";

export const sftpSettings = z
  .strictObject({
    host: serverHost,
    port: z.int().min(1).max(65_535).default(22),
    username: z.string().trim().min(1).max(128),
    host_key: z
      .string()
      .trim()
      .regex(HOST_KEY, "must be a host key's fingerprint, as in ssh-ed25519 SHA256:…")
      .nullable()
      .default(null)
      .describe("The host key that was confirmed. Without one the server is shown nothing that proves who asks."),
    import_path: serverFolder.default("").describe(IMPORT_FROM),
    processed_path: processedFolder(serverFolder),
    file_patterns: filePatterns,
    naming,
    campaign_map: campaignMap,
    sidecar,
  })
  .superRefine(({ import_path: from, processed_path: to }, context) => refuseMoves(from, to, context));

export type SftpSettings = z.infer<typeof sftpSettings>;

const KEY_PROBLEMS: Record<KeyProblem, string> = {
  unreadable: "is no private key that can be read: paste the whole file, from BEGIN to END",
  passphrase_needed: "is needed: the key is protected by one",
  passphrase_wrong: "does not open the key",
  kind: "must be an Ed25519 or an RSA key",
  short: "must have at least 2,048 bits",
};

/**
 * A password, or a private key with its passphrase, or both. The key is opened here, once, and kept opened: opening it
 * costs a third of a second on purpose. What is kept is sealed in any case.
 */
export const sftpCredentials = z
  .strictObject({
    password: z.string().min(1).max(500).optional(),
    private_key: z.string().max(20_000).optional(),
    passphrase: z.string().max(500).optional(),
  })
  .transform(async ({ password, private_key: given, passphrase = "" }, context) => {
    const kept: Record<string, string> = {};
    if (password !== undefined) kept["password"] = password;
    if (given !== undefined) {
      const read = await readPrivateKey(given, passphrase);
      if (read.ok) kept["key"] = JSON.stringify(read.value);
      else {
        const isOfPassphrase = read.error === "passphrase_needed" || read.error === "passphrase_wrong";
        const field = isOfPassphrase ? "passphrase" : "private_key";
        context.addIssue({ code: "custom", path: [field], message: KEY_PROBLEMS[read.error] });
      }
    } else if (Object.keys(kept).length === 0) {
      context.addIssue({ code: "custom", path: ["password"], message: "is needed, or a private key" });
    }
    return kept;
  });
