import type { Verification } from "../../delivery";

/** What was found of a received request, in words, with what to do. */
export function detailOf({ finding, secret, receiversSecret, header, age }: Verification): string {
  switch (finding) {
    case "valid":
      return secret === "previous"
        ? "The signature is right, by the previous secret: while a rotation overlaps both are sent."
        : "The signature is right, by the current secret, over exactly this body.";
    case "wrong_secret":
      return receiversSecret !== null && receiversSecret !== "current"
        ? `The request is ours, but the receiver has ${SECRETS[receiversSecret]}: give it the current one.`
        : "It was signed by a former secret, which is not in use any more: it was sent before the rotation ended.";
    case "stale":
      return `The signature is right, but it was made ${Math.abs(age ?? 0)} seconds ${(age ?? 0) < 0 ? "ahead of" : "before"} our clock, and receivers allow 300: set the receiver's clock, or check requests as they arrive.`;
    case "body_changed":
      return "A line end was added to the body, taken away or changed before it was checked: check the bytes as they arrive.";
    case "body_rewritten":
      return "The body was parsed and written anew before it was checked: check the bytes as they arrive, before any JSON parser.";
    case "no_match":
      return "No secret of ours made this signature over this body: the body was changed on the way, or the request is not ours.";
    case "missing_header":
      return `The header ${header} is missing: a proxy may have removed it, or the request is of another profile.`;
    default:
      return finding satisfies never;
  }
}

const SECRETS = {
  previous: "the previous secret",
  expired: "a former secret, whose overlap is over",
  unknown: "a secret that this endpoint never had",
};
