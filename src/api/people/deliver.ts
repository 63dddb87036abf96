import { deliverInvitations as deliver, type DeliveredInvitation, type FreshInvitation } from "../../identity";
import type { Language } from "../../ui/language";
import { invitationLetter } from "../../ui/letters/invitation";
import type { ApiDeps } from "../router";

/** Mails the links of invitations in this language, or gives them to be shown. */
export function deliverInvitations(
  deps: Pick<ApiDeps, "db" | "mailer" | "config" | "now">,
  invitations: readonly FreshInvitation[],
  { organization, language }: { organization: string | undefined; language: Language },
): Promise<Map<string, DeliveredInvitation>> {
  const { publicUrl } = deps.config;
  return deliver({ ...deps, publicUrl }, invitations, invitationLetter(language, organization));
}
