import { PLATFORMS, isPlatformKind, type PlatformKind } from "../../platforms";
import { typedIn, type Fields } from "../forms";
import { credentialNames, KINDS, type SourceFields } from "./new-form";

const EVERY_CREDENTIAL = [...new Set(KINDS.flatMap((kind) => credentialNames(PLATFORMS[kind])))];

/** The form of a new source with nothing in it. `campaign`: the one that is chosen already, `back`: that it is made from. */
export function emptySource({ campaign, back = "" }: { campaign: string; back?: string }): SourceFields {
  return { name: "", campaign, secret: "", credentials: {}, makeKey: true, back };
}

/** What the form of a new source was filled in with. `mayMakeKey`: whether it offers a key where its platform sends one. */
export function filledIn(form: Fields, kind: PlatformKind, mayMakeKey: boolean): SourceFields {
  const given = EVERY_CREDENTIAL.map((name) => [name, (typedIn(form, `credentials.${name}`) ?? "").trim()] as const);
  const offersKey = PLATFORMS[kind].authentication === "api_key" && mayMakeKey;
  return {
    name: form.text("name").trim(),
    campaign: form.text("campaign"),
    secret: (typedIn(form, "secret") ?? "").trim(),
    credentials: Object.fromEntries(given.filter(([, value]) => value !== "")),
    makeKey: offersKey ? form.text("key") === "make" : typedIn(form, "key") !== "no",
    back: form.text("back"),
  };
}

/** The platform that was chosen in a form, with what was filled in so far; undefined where there is none of that name. */
export function chosenIn(form: Fields, mayMakeKey: boolean): { kind: PlatformKind; fields: SourceFields } | undefined {
  const [chosen, before] = [form.text("choose"), form.text("kind")];
  if (!isPlatformKind(chosen)) return undefined;
  const fields = filledIn(form, isPlatformKind(before) ? before : chosen, mayMakeKey);
  // The name that the form came with is that of the platform before.
  const isGiven = isPlatformKind(before) && fields.name === PLATFORMS[before].title;
  return { kind: chosen, fields: { ...fields, name: isGiven ? "" : fields.name } };
}

/** What of it is of the platform itself, as core takes it. */
export function proofIn({ secret, credentials }: SourceFields, kind: PlatformKind) {
  const own = credentialNames(PLATFORMS[kind]).flatMap((name) =>
    credentials[name] === undefined ? [] : [[name, credentials[name]] as const],
  );
  return {
    ...(PLATFORMS[kind].authentication === "signature" && secret !== "" && { secret }),
    ...(own.length > 0 && { credentials: Object.fromEntries(own) }),
  };
}
