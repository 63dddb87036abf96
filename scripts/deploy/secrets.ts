import { existsSync, readFileSync } from "node:fs";
import { isMasterKeys, newSecrets, type SecretValues } from "../start/secrets.ts";
import { Trouble } from "../trouble.ts";

export type SecretPlan = {
  /** What has to be set, by name. Empty when everything is set already: a secret in place is never overwritten. */
  missing: { [name: string]: string };
  /** Those of them that are new. */
  isNew: string[];
  origin: "set already" | "made now" | "from the environment" | "kept from an unfinished deploy";
};

/**
 * Decides the values of secrets that are not set: given ones first, then those that an earlier deploy wrote to `keptAt`
 * but could not set, else new ones.
 */
export function planSecrets(
  required: readonly string[],
  present: readonly string[],
  env: { [name: string]: string | undefined },
  keptAt: string,
  make: () => SecretValues = newSecrets,
): SecretPlan {
  const names = required.filter((name) => !present.includes(name));
  if (names.length === 0) return { missing: {}, isNew: [], origin: "set already" };
  const kept = readKept(keptAt);
  const made: { [name: string]: string | undefined } = make();
  const missing = Object.fromEntries(names.map((name) => [name, check(name, env[name] || kept[name] || made[name])]));
  const isNew = names.filter((name) => !env[name] && !kept[name]);
  const origin =
    isNew.length > 0
      ? "made now"
      : names.some((name) => !env[name])
        ? "kept from an unfinished deploy"
        : "from the environment";
  return { missing, isNew, origin };
}

/** The secrets an earlier deploy made, by name: lines `NAME=value`. */
export function readKept(path: string): { [name: string]: string } {
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, "utf8").matchAll(/^([A-Z_]+)=(.+)$/gm);
  return Object.fromEntries([...lines].map((line) => [line[1] ?? "", (line[2] ?? "").trim()]));
}

export function renderKept(secrets: { readonly [name: string]: string }): string {
  return Object.entries(secrets)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
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
