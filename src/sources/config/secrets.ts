import { z } from "zod";
import { contextOf } from "../../db/sealed-places";
import { seal, unseal, type MasterKeys } from "../../lib/seal";

const list = z.array(z.string()).min(1);
const named = z.record(z.string(), z.string());

/** Seals a source's secrets, the current one first. A sealed value opens in its own row only. */
export async function sealSecrets(keys: MasterKeys, sourceId: string, secrets: readonly string[]): Promise<string> {
  return seal(keys, contextOf("sources.secrets", sourceId), JSON.stringify(secrets));
}

export async function openSecrets(keys: MasterKeys, sourceId: string, sealed: string | null): Promise<string[]> {
  return sealed === null
    ? []
    : list.parse(JSON.parse(await unseal(keys, contextOf("sources.secrets", sourceId), sealed)));
}

/** Seals what lets us ask the platform. */
export async function sealCredentials(
  keys: MasterKeys,
  sourceId: string,
  credentials: Readonly<Record<string, string>>,
): Promise<string> {
  return seal(keys, contextOf("sources.credentials", sourceId), JSON.stringify(credentials));
}

export async function openCredentials(
  keys: MasterKeys,
  sourceId: string,
  sealed: string | null,
): Promise<Record<string, string> | null> {
  return sealed === null
    ? null
    : named.parse(JSON.parse(await unseal(keys, contextOf("sources.credentials", sourceId), sealed)));
}
