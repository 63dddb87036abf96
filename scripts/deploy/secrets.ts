import { existsSync } from "node:fs";
import { isMasterKeys, newSecrets, readSecrets, type SecretValues } from "../start/secrets.ts";
import { Trouble } from "../trouble.ts";

export type SecretPlan = {
  /** What has to be set, by name. Empty when everything is set already: a secret in place is never overwritten. */
  missing: { [name: string]: string };
  origin: "set already" | "made now" | "from the environment" | "kept from an unfinished deploy";
};

/**
 * Decides the values of secrets that are not set. Brought ones win; then those that an earlier deploy made and wrote to
 * `keptAt` without getting to set them; else new ones.
 */
export function planSecrets(
  required: readonly string[],
  present: readonly string[],
  env: { [name: string]: string | undefined },
  keptAt: string,
  make: () => SecretValues = newSecrets,
): SecretPlan {
  const names = required.filter((name) => !present.includes(name));
  if (names.length === 0) return { missing: {}, origin: "set already" };
  const kept = existsSync(keptAt) ? readSecrets(keptAt) : null;
  const made: { [name: string]: string } = { ...(kept ?? make()) };
  const brought = names.filter((name) => env[name]);
  const missing = Object.fromEntries(names.map((name) => [name, check(name, env[name] || made[name])]));
  const origin =
    brought.length === names.length ? "from the environment" : kept ? "kept from an unfinished deploy" : "made now";
  return { missing, origin };
}

function check(name: string, value: string | undefined): string {
  if (value === undefined)
    throw new Trouble(`the secret ${name} is required and cannot be made here: set it in the environment`);
  if (name === "MASTER_KEYS" && !isMasterKeys(value))
    throw new Trouble("MASTER_KEYS must be `version:base64 of 32 bytes`, comma separated");
  if (name === "OPERATOR_TOKEN" && !/^\S{24,}$/.test(value))
    throw new Trouble("OPERATOR_TOKEN must be 24 characters or more, without spaces");
  return value;
}
