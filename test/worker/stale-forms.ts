/** A form of something that several people edit. */
export type Edit = {
  /** The page that has the form, where that is another than the form is sent to. */
  at?: string;
  /** The field that both change, and what each of them enters. */
  field: string;
  theirs: string;
  mine: string;
  /** What a field is called in the table of both versions, where that is not its value. */
  shown?: readonly [theirs: string, mine: string];
  /** A value of the field that is refused. */
  wrong?: string;
  /** What each sending has beside what the page filled in. */
  also?: Readonly<Record<string, string>>;
  /** What the first sending answers, where it is no redirection: it shows a secret that there was not. */
  first?: 200;
  /** What is stored is read from the page beside its forms, where the form does not show it any more. */
  facts?: boolean;
  /** The form adds something: what was there stays. */
  adds?: boolean;
};

export const EDITS: Record<string, Edit> = {
  "/settings/privacy/retention": {
    field: "audio.days",
    theirs: "90",
    mine: "30",
    also: { "audio.mode": "after", confirmed: "yes" },
    shown: ["90 days", "30 days"],
    wrong: "never",
  },
  "/operators/:id/name": { at: "/operators/:id", field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/settings/teams/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/settings/usage/alert": { at: "/settings/usage", field: "amount", theirs: "50", mine: "70", wrong: "much" },
  "/settings/engines/cap": { at: "/settings/engines", field: "amount", theirs: "50", mine: "70.5", wrong: "much" },
  "/settings/roles/naming": {
    at: "/settings/roles",
    field: "naming",
    theirs: "voicesense",
    mine: "ordinary",
    shown: ["Voicesense", ""],
  },
  "/alerts/:id": {
    field: "note",
    theirs: "Theirs",
    mine: "Mine",
    also: { do: "confirmed" },
    facts: true,
  },
  "/calls/views/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/settings/token-issuers/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/settings/token-issuers/:id/rules": {
    at: "/settings/token-issuers/:id",
    field: "value",
    theirs: "theirs",
    mine: "mine",
    wrong: "",
    also: { claim: "groups", rights: "viewer", "campaigns-limit": "all" },
    shown: ["groups = theirs: Viewer", "groups = mine: Viewer"],
    adds: true,
  },
  "/settings/engines/:id": { field: "model", theirs: "theirs", mine: "mine", also: { url: "https://e.example.com" } },
  "/settings/engines/:id/scores": {
    field: "meaning-0",
    theirs: "Is kind.",
    mine: "Is quick.",
    also: { do: "save", "name-0": "Courtesy", "min-0": "1", "max-0": "5" },
  },
  "/settings/rules/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/settings/people/:userId": { field: "role", theirs: "reviewer", mine: "viewer", shown: ["Reviewer", "Viewer"] },
  "/sources/:id/settings": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/connectors/:id/settings": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/webhooks/:id/settings": {
    field: "url",
    theirs: "https://theirs.example.com/",
    mine: "https://mine.example.com/",
    wrong: "no address",
  },
  "/campaigns/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/campaigns/:id/processing": { field: "assignToTeam", theirs: "Theirs", mine: "Mine" },
  "/reports/schedules/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
  "/campaigns/:id/retention": {
    field: "audio.days",
    theirs: "90",
    mine: "30",
    also: { "audio.mode": "after", confirmed: "yes" },
    shown: ["90 days", "30 days"],
    wrong: "never",
  },
  "/campaigns/:id/redaction": {
    field: "mode",
    theirs: "own",
    mine: "organization",
    shown: ["As chosen here", "As the organization says"],
  },
  "/campaigns/:id/reviewing": { field: "due", theirs: "48", mine: "24", wrong: "never" },
  "/campaigns/:id/actions/:action": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "", first: 200 },
  "/scorecards/:id": { field: "name", theirs: "Theirs", mine: "Mine", wrong: "" },
};

/** The other forms, by the reason why nobody's work is lost where somebody else was there before. */
const OTHERS: Record<string, readonly string[]> = {
  "makes something new, and changes nothing that is there": [
    "/calls/:id/comments",
    "/calls/views",
    "/campaigns",
    "/campaigns/:id/actions/new",
    "/connectors",
    "/reports/schedules",
    "/samples",
    "/scorecards",
    "/scorecards/file",
    "/settings/api-keys",
    "/settings/engines",
    "/settings/people/invite",
    "/settings/privacy/holds",
    "/settings/rules",
    "/settings/service-levels",
    "/settings/teams",
    "/settings/token-issuers",
    "/sources",
    "/sources/:id/key",
    "/sources/:id/sample",
    "/webhooks",
    "/webhooks/test-receivers",
  ],
  "adds one or takes one away, whatever others do": [
    "/calls/:id/tags",
    "/settings/teams/:id/members",
    "/settings/teams/:id/members/:userId/remove",
  ],
  "asks for a state by name, and has no text: sent late it is so already, or is refused": [
    "/campaigns/:id/archive",
    "/campaigns/:id/restore",
    "/connectors/:id/pause",
    "/connectors/:id/resume",
    "/connectors/:id/trust",
    "/reports/schedules/:id/pause",
    "/reports/schedules/:id/resume",
    "/reviewers/:id/back",
    "/scorecards/:id/archive",
    "/settings/people/:userId/let-in",
    "/settings/people/:userId/shut-out",
    "/settings/security",
    "/sources/:id/pause",
    "/sources/:id/resume",
    "/webhooks/:id/enable",
    "/webhooks/:id/pause",
    "/webhooks/:id/resume",
  ],
  "takes something away, after its page has asked": [
    "/calls/:id/erase",
    "/calls/views/:id/remove",
    "/campaigns/:id/actions/:action/remove",
    "/connectors/:id/delete",
    "/reports/schedules/:id/delete",
    "/samples/remove",
    "/settings/api-keys/:id/revoke",
    "/settings/engines/:id/delete",
    "/settings/people/:userId/remove",
    "/settings/people/:userId/sessions",
    "/settings/people/invitations/:id/withdraw",
    "/settings/privacy/callers",
    "/settings/privacy/holds/:id/lift",
    "/settings/rules/:id/delete",
    "/settings/service-levels/:id/end",
    "/settings/teams/:id/delete",
    "/settings/token-issuers/:id/remove",
    "/sources/:id/delete",
    "/sources/:id/retire",
    "/uploads/:id/abort",
    "/webhooks/:id/delete",
    "/webhooks/test-receivers/:id/end",
  ],
  "is refused where the list that it counts in has changed, and has no text": [
    "/campaigns/:id/actions/order",
    "/settings/token-issuers/:id/rules/remove",
  ],
  "says both sides too, but its button says what it does: it is tried in redaction-originals.test.ts": [
    "/campaigns/:id/redaction/originals",
  ],
  "names the state it was seen in, and is refused in another: it is tried in blocked-page.test.ts": [
    "/webhooks/:id/deliveries/:delivery",
  ],
  "does something once more or once, and stores no setting": [
    "/calls/:id/actions",
    "/calls/:id/original",
    "/calls/:id/redact",
    "/calls/:id/replay",
    "/calls/bulk",
    "/connectors/:id/files/:file/retry",
    "/connectors/:id/sync",
    "/connectors/:id/test",
    "/inbound/:id/replay",
    "/inbound/replay",
    "/jobs/:id/cancel",
    "/jobs/:id/undo",
    "/reports/schedules/:id/send",
    "/settings/engines/:id/test",
    "/settings/people/invitations/:id/resend",
    "/unassigned/assign",
    "/webhooks/:id/replay",
    "/webhooks/:id/retry",
    "/webhooks/:id/reveal",
    "/webhooks/:id/test",
  ],
  "makes a new secret, and shows it: the one before is not to be kept": [
    "/campaigns/:id/actions/:action/secret",
    "/settings/api-keys/:id/rotate",
    "/sources/:id/rotate",
    "/webhooks/:id/rotate",
  ],
  "moves something where its person wants it, names where it was, and offers the way back": [
    "/calls/:id/campaign",
    "/operators/:id/merge",
    "/operators/:id/unmerge",
    "/reviewers/away",
    "/tasks/:id/opinions",
    "/tasks/:id/state",
  ],
  "decides once: a second decision is refused": ["/tasks/:id/decide"],
  "is of the one who has it: another's is refused or not there": [
    "/calls/:id/comments/:comment",
    "/calls/:id/comments/:comment/delete",
    "/reviews/:id",
    "/reviews/:id/escalate",
    "/reviews/:id/resume",
    "/reviews/:id/second-opinion",
    "/reviews/:id/skip",
    "/reviews/:id/undo",
    "/reviews/take",
    "/tasks/:id/review",
  ],
  "is of the visitor alone": [
    "/settings/profile/account",
    "/settings/profile/app",
    "/settings/profile/app/confirm",
    "/settings/profile/app/remove",
    "/settings/profile/browsers/:id/forget",
    "/settings/profile/passkeys",
    "/settings/profile/passkeys/:id/name",
    "/settings/profile/passkeys/:id/remove",
    "/settings/profile/password",
    "/settings/profile/recovery-codes",
    "/settings/profile/sessions/:id/end",
    "/settings/profile/sessions/end-others",
  ],
};

/** Forms that several people may send, and which still need no version: each with its reason. */
export const NOT_EDITS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OTHERS).flatMap(([reason, paths]) => paths.map((path) => [path, reason])),
);
