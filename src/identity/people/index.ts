/** People: their accounts, memberships, passwords and sessions. */
export { hashPassword, newPassword, SHORTEST_PASSWORD } from "./password";
export * from "./confirm";
export * from "./lost-factors";
export * from "./own-account";
export * from "./passwords";
export {
  browserNamed,
  forgetBrowser,
  listBrowsers,
  REMEMBERED_FOR,
  rememberBrowser,
  type RememberedBrowserRow,
} from "./remembered-browser";
export * from "./sessions";
export * from "./sign-in";
export { countAttempt, countedFor, forgetOldAttempts } from "./sign-in-attempts";
export { addMember, emailAddress, findUser, roleOf, type UserRow } from "./users";
export * from "./accept-invitation";
export * from "./first-owner";
export { invite, listInvitations, noteMailed, renewInvitation, withdrawInvitation } from "./invitations";
export type { FreshInvitation, InvitationRow, Invited } from "./invitations";
export * from "./deliver-invitations";
export { keyRolesToGive, knownRole, rolesToGive } from "./member-rights";
export * from "./join";
export * from "./members";
export * from "./organizations-of";
