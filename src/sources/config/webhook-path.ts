import { internal, uploadPathOf } from "../../platforms";
import { defaultSourceOf } from "./default-source";

/**
 * The path a source's platform posts its notices to. It names the source even where the platform could do without
 * (Anura's shared path), so that what is refused there can be shown to the source's owner. Of a source without a
 * webhook, the path its calls are uploaded to.
 */
export async function webhookPathOf(source: { kind: string; id: string; organizationId: string }): Promise<string> {
  if (source.kind !== internal.kind) return `/webhook/${source.kind}/${source.id}`;
  const isDefault = source.id === (await defaultSourceOf(source.kind, source.organizationId));
  return uploadPathOf(isDefault ? null : source.id);
}
