import { internal, uploadPathOf } from "../../platforms";
import { defaultSourceOf } from "./default-source";

/**
 * The path a source's platform posts its notices to: one for each source, but for the one that an organization has on a
 * path all organizations share. Of a source without a webhook, the path its calls are uploaded to.
 */
export async function webhookPathOf(source: { kind: string; id: string; organizationId: string }): Promise<string> {
  const isDefault = source.id === (await defaultSourceOf(source.kind, source.organizationId));
  if (source.kind === internal.kind) return uploadPathOf(isDefault ? null : source.id);
  return isDefault ? `/webhook/${source.kind}/` : `/webhook/${source.kind}/${source.id}`;
}
