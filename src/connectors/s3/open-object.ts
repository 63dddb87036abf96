import { err, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile, OpenedFile } from "../contract";
import { openResumed } from "../open-resumed";
import { addressOf } from "./address";
import { ask, type Access } from "./ask";

/** The bytes of exactly this version of an object. */
export function openObject(access: Access, file: FoundFile): Promise<Result<OpenedFile, ConnectorFailure>> {
  return openResumed((from) => get(access, file, from), file, access.deps.now);
}

async function get(access: Access, file: FoundFile, from: number): Promise<Result<Response, ConnectorFailure>> {
  const headers = { "if-match": `"${file.version}"`, ...(from > 0 && { range: `bytes=${from}-` }) };
  const answer = await ask(access, () => addressOf(access.settings, file.name), { headers });
  // A server that does not know ranges begins anew, and the bytes would be there twice.
  if (answer.ok && from > 0 && answer.value.status !== 206) {
    await answer.value.body?.cancel();
    return err({ code: "interrupted", detail: "the storage cannot go on in the middle of a file" });
  }
  return answer;
}
