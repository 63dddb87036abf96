import { ok, type Result } from "../../lib/result";
import type { ConnectorFailure, TestStep } from "../contract";
import { askJson } from "./ask";
import { atId, folderAt, itemPage, SELECTED } from "./items";
import { mayWrite, tokenFor, type Access } from "./token";

/**
 * Tries what a look does, up to the first step that fails. Whether files may be moved is known from what was granted:
 * nothing is written into somebody's drive for that.
 */
export async function testDrive(access: Access): Promise<TestStep[]> {
  const steps: TestStep[] = [];
  const took = (step: TestStep["step"], result: Result<unknown, ConnectorFailure>) => {
    steps.push({ step, failure: result.ok ? null : result.error });
    return result.ok;
  };
  const folder = await folderAt(access, access.settings.import_path);
  if (!took("list", folder) || !folder.ok) return steps;
  const children = await askJson(access, `${atId(access, folder.value.id)}/children?${SELECTED}&$top=1`, itemPage);
  if (!took("read", children) || access.settings.processed_path === null) return steps;
  const token = await tokenFor(access);
  const detail = "only reading was granted: files are taken in, and stay where they are";
  took(
    "write",
    token.ok && !mayWrite(access.credentials) ? { ok: false, error: { code: "consent_missing", detail } } : ok(null),
  );
  return steps;
}
