import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Trouble } from "../trouble.ts";
import { writePrivateFile } from "./state-folder.ts";

export type Secrets = { path: string; adminToken: string };

/**
 * The local deployment's secrets: made on the first start, kept ever after, because the database is sealed with them.
 */
export function keepSecrets(stateDir: string): Secrets {
  const path = join(stateDir, "secrets.env");
  if (!existsSync(path)) {
    if (existsSync(join(stateDir, "state"))) {
      throw new Trouble(
        `${path} is missing, and the data beside it cannot be opened without: restore it, or delete ${stateDir} to begin anew`,
      );
    }
    writePrivateFile(path, renderSecrets(newSecrets()));
  }
  const adminToken = readSecrets(path).OPERATOR_TOKEN;
  return { path, adminToken };
}

export type SecretValues = { MASTER_KEYS: string; OPERATOR_TOKEN: string };

export function newSecrets(): SecretValues {
  return {
    MASTER_KEYS: `1:${randomBase64(32)}`,
    OPERATOR_TOKEN: `op_${randomBase64(24).replaceAll("+", "-").replaceAll("/", "_")}`,
  };
}

export function renderSecrets(secrets: SecretValues): string {
  return `MASTER_KEYS=${secrets.MASTER_KEYS}\nOPERATOR_TOKEN=${secrets.OPERATOR_TOKEN}\n`;
}

export function readSecrets(path: string): SecretValues {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Trouble(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const masterKeys = /^MASTER_KEYS=(\S+)$/m.exec(text)?.[1] ?? "";
  const adminToken = /^OPERATOR_TOKEN=(\S{24,})$/m.exec(text)?.[1] ?? "";
  if (!isMasterKeys(masterKeys) || adminToken === "") {
    throw new Trouble(`${path} is damaged (it needs MASTER_KEYS and OPERATOR_TOKEN): restore it from a copy`);
  }
  return { MASTER_KEYS: masterKeys, OPERATOR_TOKEN: adminToken };
}

/** As `src/config.ts` wants it: `version:base64 of 32 bytes`, comma separated. */
export function isMasterKeys(text: string): boolean {
  return text.split(",").every((entry) => /^\d+:[A-Za-z0-9+/]{43}=$/.test(entry.trim()));
}

function randomBase64(size: number): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(size))));
}
