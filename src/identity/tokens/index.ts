/** JSON Web Tokens: ours, which are made from an API key, and those of an organization's own issuers. */
export { ALGORITHMS, callerOfToken, CLOCK_SKEW, type TokenFailure } from "./issued";
export { selectIssuers, type IssuerDeps, type TokenIssuer, type TokenIssuerRow } from "./issuer-keys";
export * from "./issuers";
export {
  createToken,
  FROM_A_KEY,
  OWN_ISSUER,
  TOKEN_LIFETIME,
  verifyOwnToken,
  type MadeToken,
  type OwnToken,
} from "./own";
export { looksLikeToken, MAX_TOKEN, readClaimed, type Claimed } from "./reading";
export { idleScopesOf, MAX_RULE_CAMPAIGNS, MAX_RULES, type TokenRule } from "./rules";
