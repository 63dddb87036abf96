/** What proves a person beside the password: authenticator apps, passkeys, recovery codes. */
export * from "./add-passkey";
export * from "./challenges";
export { newPasskeyResponse, passkeyResponse, type NewPasskeyResponse, type PasskeyResponse } from "./client-data";
export * from "./passkeys";
export * from "./prove";
export * from "./prove-passkey";
export * from "./recovery-code";
export * from "./recovery-codes";
export * from "./relying-party";
export * from "./second-step";
export * from "./state";
export * from "./totp";
export * from "./totp-code";
