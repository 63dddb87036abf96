import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { Caller } from "./caller";
import { lookUp } from "./look-up";
import {
  callerOfToken,
  looksLikeToken,
  readClaimed,
  readTokenIssuer,
  type IssuerDeps,
  type TokenFailure,
  type TokenIssuer,
} from "./tokens";

export type TriedToken = {
  outcome: Result<Caller, TokenFailure | "ambiguous_audience">;
  keys: { fetchedAt: number | null; error: string | null };
};

/** Tries a token with one issuer of the organization: the caller that it would prove, or why it proves none. */
export async function tryToken(
  deps: IssuerDeps,
  target: { organizationId: string; id: string },
  token: string,
): Promise<Result<TriedToken, DomainError>> {
  const issuer = await readTokenIssuer(deps.db, target);
  if (!issuer.ok) return issuer;
  const outcome = await outcomeOf(deps, issuer.value, token);
  const after = await readTokenIssuer(deps.db, target);
  if (!after.ok) return after;
  return ok({
    outcome,
    keys: { fetchedAt: after.value.keys?.fetchedAt ?? null, error: after.value.keys?.error ?? null },
  });
}

async function outcomeOf(deps: IssuerDeps, issuer: TokenIssuer, token: string): Promise<TriedToken["outcome"]> {
  const claimed = looksLikeToken(token) ? readClaimed(token) : undefined;
  if (!claimed) return err("malformed");
  if (claimed.issuer !== issuer.issuer.issuer) return err("wrong_issuer");
  if (!claimed.audiences.includes(issuer.issuer.audience)) return err("wrong_audience");
  const found = await lookUp(deps.db, { hashes: [], keyIds: [], claimed: [claimed] });
  return found.issuerOf(claimed) ? callerOfToken(deps, issuer, token) : err("ambiguous_audience");
}
