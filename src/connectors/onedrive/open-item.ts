import { within } from "../../lib/deadline";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure, FoundFile, OpenedFile } from "../contract";
import { openResumed } from "../open-resumed";
import { askJson } from "./ask";
import { failureOf } from "./failures";
import { atId, item } from "./items";
import type { Access } from "./token";
import { hostsOf } from "./clouds";

const PATIENCE = 30 * SECOND;

/** The bytes of exactly this version of a file. */
export function openItem(access: Access, file: FoundFile): Promise<Result<OpenedFile, ConnectorFailure>> {
  return openResumed((from) => get(access, file, from), file, access.deps.now);
}

/** The link to the bytes works for minutes, and proves by itself who asks: it is asked for anew each time, and not kept. */
async function get(access: Access, file: FoundFile, from: number): Promise<Result<Response, ConnectorFailure>> {
  const { deps } = access;
  const path = `${atId(access, file.key ?? "")}?$select=id,size,cTag,eTag,@microsoft.graph.downloadUrl`;
  const now = await askJson(access, path, item);
  if (!now.ok) return now;
  if ((now.value.cTag ?? now.value.eTag ?? "") !== file.version)
    return err({ code: "changed", detail: `${file.name} is another version by now` });
  const link = now.value["@microsoft.graph.downloadUrl"];
  if (link === undefined)
    return err({ code: "storage_error", detail: `${hostsOf(access.settings).graph} gave no link to ${file.name}` });
  const checked = await checkUrl(link, deps.guardPolicy);
  if (!checked.ok) return err({ code: "blocked", detail: checked.error.message });
  const { fetch } = deps;
  const { host } = checked.value;
  const controller = new AbortController();
  try {
    const asked = fetch(checked.value.href, {
      headers: from > 0 ? { range: `bytes=${from}-` } : {},
      redirect: "manual",
      signal: controller.signal,
    });
    const answered = await within(PATIENCE, asked);
    if (answered.expired) {
      controller.abort();
      asked.catch(() => undefined);
      return err({ code: "unreachable", detail: `${host} did not answer in time` });
    }
    const response = answered.value;
    if (response.status === (from > 0 ? 206 : 200)) return ok(response);
    await response.body?.cancel();
    if (response.status === 200)
      return err({ code: "interrupted", detail: `${host} cannot go on in the middle of a file` });
    // The link itself was refused: that says nothing about who is signed in.
    const failure = failureOf(host, response, "", "the link to a file", deps.now());
    return err({
      ...failure,
      code: failure.code === "slow_down" || failure.code === "gone" ? failure.code : "interrupted",
    });
  } catch (error) {
    return err({ code: "unreachable", detail: `${host}: ${String(error).slice(0, 200)}` });
  }
}
