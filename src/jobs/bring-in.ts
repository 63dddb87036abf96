import type { BringIn, TellMore } from "../connectors";
import { systemAct } from "../identity";
import { err, ok } from "../lib/result";
import { addFacts, bringFile, type UploadDeps } from "../sources";

/** What connectors fetch goes the way of uploads. The two do not know each other: here they meet. */
export function bringInOf(deps: UploadDeps): BringIn {
  return async (file) => {
    const brought = await bringFile(deps, file, systemAct(deps.now()));
    if (brought.ok) return brought;
    const { error } = brought;
    switch (error.kind) {
      case "empty":
        return err({ kind: "refused", code: "not_audio", detail: "This is no audio: the file has no bytes." });
      case "not_audio":
      case "too_large":
        return err({ kind: "refused", code: error.kind, detail: error.message });
      case "unreadable":
      case "checksum":
        return err({ kind: "later", code: "interrupted", detail: error.message });
      default:
        return err({ kind: "source", code: "source_gone", detail: "the connector's source takes nothing in" });
    }
  };
}

/** What is found of a call later comes in as another notice of its source. */
export function tellMoreOf(deps: UploadDeps): TellMore {
  return async (facts) => {
    const added = await addFacts(deps, facts, systemAct(deps.now()));
    if (added.ok) return ok(undefined);
    return err({ code: "source_gone", detail: "the connector's source takes nothing in" });
  };
}

/** Where storages tell of changes: only at an address that is reachable from the internet. */
export function noticeUrlOf(publicUrl: string, id: string): string | null {
  const url = URL.parse(publicUrl);
  // Where the deployment does not know its own address, nobody is told of it.
  if (url === null) return null;
  const { protocol, hostname } = url;
  const isOurs = hostname === "localhost" || isIpAddress(hostname);
  return protocol !== "https:" || isOurs ? null : new URL(`/storages/onedrive/${id}`, publicUrl).href;
}

function isIpAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
}
