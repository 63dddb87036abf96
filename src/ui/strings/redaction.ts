import type { PiiKind } from "../../db/schema";
import { defineStrings, type Words } from "./define";

/** What is taken out of calls: the setting of a campaign, and what a call's page says of it. */
export const redactionWords = defineStrings({
  en: {
    tab: "Redaction",
    title: "What is taken out of calls",
    none: "Nothing is taken out of the calls of this campaign.",
    taken: (kinds: string) =>
      `Masked in transcripts and muted in recordings, for everybody without the right to hear originals: ${kinds}.`,
    inherited: "This is what the organization says.",
    mode: "Choice",
    modeOrganization: "As the organization says",
    modeOwn: "As chosen here",
    kinds: "Taken out",
    kindsHint: "Read only where the choice is made here. It holds for calls from now on.",
    how: "A recording is held back until an engine has words of it and what is found is muted. Without a transcription engine every recording of the campaign stays held back. The engine that transcribes hears the recording as it is: only so can anything be found.",
    less: "Taking out less needs the right to hear originals.",
    save: "Save",
    saved: "Saved. It holds for calls from now on.",
    past: "Calls from before",
    pastText:
      "Their recordings are held back until they are redacted. Their transcripts stay as they are until then. Have the engine trunkline-redaction hear them again.",
    pastGo: "Redact past calls …",
    card_number: "Card numbers",
    card_code: "Security codes of cards",
    card_expiry: "Expiry dates of cards",
    bank_account: "Bank accounts",
    national_id: "National ids",
    date_of_birth: "Dates of birth",
    phone_number: "Phone numbers",
    email: "E-mail addresses",
    masked_card_number: "card number",
    masked_card_code: "card code",
    masked_card_expiry: "card expiry",
    masked_bank_account: "bank account",
    masked_national_id: "national id",
    masked_date_of_birth: "date of birth",
    masked_phone_number: "phone number",
    masked_email: "e-mail",
    heldTitle: "The recording is held back",
    not_transcribed:
      "Its campaign redacts, and no engine has words of it. Have it transcribed, and it is redacted then.",
    being_redacted: "It is being redacted. Look again in a minute.",
    redaction_failed: "It could not be redacted.",
    mutedAt: "Muted:",
    original: "Hear the original",
    originalWhy: "The audit log says who heard and read it.",
    originalTitle: "The original of a call",
    originalText: "With everything that was said. That you opened it is in the audit log.",
    back: "Back to the call",
  },
  es: {
    tab: "Ocultamiento",
    title: "Qué se oculta de las llamadas",
    none: "No se oculta nada de las llamadas de esta campaña.",
    taken: (kinds: string) =>
      `Se oculta en las transcripciones y se silencia en las grabaciones, para quien no tiene derecho a oír los originales: ${kinds}.`,
    inherited: "Es lo que dice la organización.",
    mode: "Elección",
    modeOrganization: "Como dice la organización",
    modeOwn: "Como se elige aquí",
    kinds: "Se oculta",
    kindsHint: "Cuenta solo si se elige aquí. Vale para las llamadas a partir de ahora.",
    how: "Una grabación se retiene hasta que un motor tiene sus palabras y se silencia lo que se encuentra. Sin un motor de transcripción, todas las grabaciones de la campaña quedan retenidas. El motor que transcribe oye la grabación como es: solo así se puede encontrar algo.",
    less: "Para ocultar menos hace falta el derecho a oír los originales.",
    save: "Guardar",
    saved: "Guardado. Vale para las llamadas a partir de ahora.",
    past: "Llamadas anteriores",
    pastText:
      "Sus grabaciones se retienen hasta que se les oculten los datos. Sus transcripciones siguen como están hasta entonces. Haga que el motor trunkline-redaction las oiga de nuevo.",
    pastGo: "Ocultar datos de llamadas anteriores…",
    card_number: "Números de tarjetas",
    card_code: "Códigos de seguridad de tarjetas",
    card_expiry: "Vencimientos de tarjetas",
    bank_account: "Cuentas bancarias",
    national_id: "Documentos de identidad",
    date_of_birth: "Fechas de nacimiento",
    phone_number: "Números de teléfono",
    email: "Direcciones de correo",
    masked_card_number: "número de tarjeta",
    masked_card_code: "código de tarjeta",
    masked_card_expiry: "vencimiento de tarjeta",
    masked_bank_account: "cuenta bancaria",
    masked_national_id: "documento de identidad",
    masked_date_of_birth: "fecha de nacimiento",
    masked_phone_number: "número de teléfono",
    masked_email: "correo",
    heldTitle: "La grabación está retenida",
    not_transcribed:
      "Su campaña oculta datos y ningún motor tiene sus palabras. Haga que se transcriba, y entonces se ocultarán.",
    being_redacted: "Se le están ocultando los datos. Vuelva a mirar en un minuto.",
    redaction_failed: "No se le pudieron ocultar los datos.",
    mutedAt: "Silenciado:",
    original: "Oír el original",
    originalWhy: "El registro de auditoría dice quién lo oyó y lo leyó.",
    originalTitle: "El original de una llamada",
    originalText: "Con todo lo que se dijo. Que usted lo abrió queda en el registro de auditoría.",
    back: "Volver a la llamada",
  },
});

export type RedactionWords = Words<typeof redactionWords>;

/** Kinds as a list in a sentence. */
export function kindsInWords(words: RedactionWords, kinds: readonly PiiKind[]): string {
  return kinds.map((kind) => words[kind].toLowerCase()).join(", ");
}
