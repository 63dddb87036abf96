/** People: their accounts, memberships, passwords and sessions. */
export { hashPassword, newPassword, SHORTEST_PASSWORD } from "./password";
export * from "./lost-factors";
export * from "./passwords";
export * from "./sessions";
export * from "./sign-in";
export { addMember, emailAddress, findUser, roleOf, type UserRow } from "./users";
