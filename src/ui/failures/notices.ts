import type { Explained, Explanations } from "./explained";

const EN = {
  otherSecrets: [
    "Likely the platform and this source hold different secrets.",
    "Rotate the source's secret to the platform's, or paste the source's secret there.",
  ],
  noProof: [
    "Likely the platform has no secret set, or somebody else sends this.",
    "Set the secret at the platform, and check who sends to this address.",
  ],
  otherOwner: [
    "Likely it is of another account or application than this source's settings name.",
    "Compare the account in the source's settings with the platform's.",
  ],
  clock: [
    "Likely the sender's clock is wrong, or the request was held back: its signed time is too far from now.",
    "Set the clock of the sender by a time server.",
  ],
  noKey: [
    "Likely the platform sends no API key.",
    "Make a key in the source's Connection tab and enter it as X-API-Key at the platform.",
  ],
  wrongKey: [
    "Likely the API key is mistyped, revoked or of another deployment.",
    "Make a key in the source's Connection tab and enter it as X-API-Key at the platform.",
  ],
  settings: [
    "Its signature cannot be checked with the source's secret and settings.",
    "Rotate the secret, or correct the settings of the source.",
  ],
  template: [
    "Likely the template at the platform is not the one of the source's guide.",
    "Compare the platform's template with the source's guide.",
  ],
  values: [
    "Likely the platform sends values that neither its guide nor the source's mapping expects.",
    "Compare the platform's template with the guide in the source's Connection tab, or have its mapping mended over the API; then replay it in the inbound log.",
  ],
  contentType: [
    "Likely the platform sends another content type or encoding than its guide says.",
    "Set the content type at the platform as the source's guide says.",
  ],
  campaign: [
    "Likely the campaign was not created, is archived, or its number is mistyped.",
    "Choose a campaign under Unassigned calls, and one for the source in its Settings tab.",
  ],
} as const satisfies Record<string, Explained>;

const ES: Record<keyof typeof EN, Explained> = {
  otherSecrets: [
    "Probablemente la plataforma y esta fuente tienen secretos distintos.",
    "Reemplace el secreto de la fuente por el de la plataforma, o pegue allí el de la fuente.",
  ],
  noProof: [
    "Probablemente la plataforma no tiene un secreto configurado, o lo envía otra persona.",
    "Configure el secreto en la plataforma y vea quién envía a esta dirección.",
  ],
  otherOwner: [
    "Probablemente es de otra cuenta o aplicación que la de la configuración de esta fuente.",
    "Compare la cuenta en la configuración de la fuente con la de la plataforma.",
  ],
  clock: [
    "Probablemente el reloj de quien envía está mal, o la solicitud se retuvo: su hora firmada está demasiado lejos.",
    "Ajuste el reloj de quien envía con un servidor de hora.",
  ],
  noKey: [
    "Probablemente la plataforma no envía ninguna clave de API.",
    "Cree una clave en la pestaña Conexión de la fuente y escríbala como X-API-Key en la plataforma.",
  ],
  wrongKey: [
    "Probablemente la clave de API está mal escrita, revocada o es de otra instalación.",
    "Cree una clave en la pestaña Conexión de la fuente y escríbala como X-API-Key en la plataforma.",
  ],
  settings: [
    "Su firma no se puede comprobar con el secreto y la configuración de la fuente.",
    "Reemplace el secreto, o corrija la configuración de la fuente.",
  ],
  template: [
    "Probablemente la plantilla en la plataforma no es la de la guía de la fuente.",
    "Compare la plantilla de la plataforma con la guía de la fuente.",
  ],
  values: [
    "Probablemente la plataforma envía valores que no esperan ni su guía ni el mapeo de la fuente.",
    "Compare la plantilla de la plataforma con la guía en la pestaña Conexión de la fuente, o haga corregir su mapeo por la API. Después repita la solicitud en el registro de entrada.",
  ],
  contentType: [
    "Probablemente la plataforma envía otro tipo de contenido u otra codificación que los de su guía.",
    "Configure en la plataforma el tipo de contenido como dice la guía de la fuente.",
  ],
  campaign: [
    "Probablemente la campaña no se creó, está archivada, o su número está mal escrito.",
    "Elija una campaña en Llamadas sin asignar, y una para la fuente en su pestaña Ajustes.",
  ],
};

/** Reasons of one cause. */
const SAME = {
  otherSecrets: ["wrong_signature", "wrong_token"],
  noProof: [
    "missing_signature",
    "missing_token",
    "malformed_signature",
    "malformed_timestamp",
    "malformed_id",
    "missing_id",
    "missing_timestamp",
    "not_signed",
    "unsigned_body",
  ],
  otherOwner: ["other_account", "other_application"],
  clock: ["token_expired", "timestamp_out_of_window", "event_too_old", "event_in_future"],
  noKey: ["missing_key"],
  wrongKey: ["unknown_key"],
  settings: ["unusable_secret", "unusable_settings"],
  template: ["not_an_object", "empty_body", "invalid_form", "not_utf8", "missing_fields"],
  values: ["unreadable_values"],
  contentType: [
    "unsupported_content_type",
    "unsupported_encoding",
    "unsupported_charset",
    "broken_encoding",
    "broken_charset",
    "not_json_content",
  ],
  campaign: ["no_campaign", "unknown_campaign"],
} as const satisfies Record<keyof typeof EN, readonly string[]>;

type Grouped = (typeof SAME)[keyof typeof SAME][number];
type Single = keyof typeof SINGLE_EN;

const SINGLE_EN = {
  wrong_body_hash: [
    "Likely something between the platform and here changes the body: it is not the one that was signed.",
    "Look for a proxy or a gateway that rewrites bodies.",
  ],
  wrong_algorithm: [
    "Likely somebody else sends this: it is signed another way than this platform signs.",
    "Check who sends to this address.",
  ],
  permission_missing: [
    "The API key lacks the permission notices:write.",
    "Make another key that has it, and enter it at the platform.",
  ],
  source_not_allowed: [
    "The API key is limited to another source.",
    "Make a key for this source, or correct the address at the platform.",
  ],
  headers_too_large: ["The request has more than 16 kB of headers, which no platform sends.", "Check who sends this."],
  too_many_refusals: [
    "Likely one sender is refused again and again; it is turned away for a minute.",
    "See the reasons before it in the inbound log.",
  ],
  too_many_requests: [
    "More requests came than one source may send in a minute.",
    "Spread them, or make a second source.",
  ],
  body_too_large: ["The body is larger than this platform's notices are.", "Leave fields out of its template."],
  body_cut_short: [
    "Likely the sender's time limit is too short: it broke off in the middle of the body.",
    "Raise the time limit at the platform.",
  ],
  invalid_json: [
    "Likely a placeholder was left in the template, or a value has a quote in it.",
    "Compare the platform's template with the source's guide.",
  ],
  unrendered_hook: ["The platform did not fill a placeholder in.", "Take that field out of its template."],
  call_erased: ["It is about a call that was erased. Nothing of it was kept.", "Nothing: an erased call stays away."],
  samples_removed: ["It is a sample call that was removed.", "Nothing: load the samples again if you want them."],
  source_paused: ["A person paused the source.", "Resume the source, then replay what came meanwhile."],
  campaign_not_allowed: [
    "The API key is limited to another campaign.",
    "Use a key that is not, then replay the request.",
  ],
  campaign_of_another_source: [
    "Likely the campaign's number in the template is wrong: calls of that campaign come from another platform's source.",
    "Check the number in the template, or bind this source to the campaign too, in its Settings tab.",
  ],
  processing_failed: ["Our side failed on it ten times.", "Replay it; if it fails again, it is a fault to report."],
  body_not_kept: ["The kept body is gone.", "Ask the platform to send the notice again."],
  unknown_source: ["Likely the address is mistyped or its source was deleted.", "Copy the source's address again."],
  quiet: [
    "Likely there were no calls, or the platform sends them somewhere else.",
    "If there were calls, check whether the platform still sends to this source's address, and what it was answered.",
  ],
  never: [
    "Likely the platform is not set up yet.",
    "Set it up as the guide in the source's Connection tab says, then make a call.",
  ],
  unknown: ["The cause is not known.", "The inbound log shows what was sent."],
} as const satisfies Record<string, Explained>;

const SINGLE_ES: Record<Single, Explained> = {
  wrong_body_hash: [
    "Probablemente algo entre la plataforma y aquí cambia el cuerpo: no es el que se firmó.",
    "Busque un proxy o una pasarela que reescriba los cuerpos.",
  ],
  wrong_algorithm: [
    "Probablemente lo envía otra persona: está firmado de otra manera que la de esta plataforma.",
    "Vea quién envía a esta dirección.",
  ],
  permission_missing: [
    "A la clave de API le falta el permiso notices:write.",
    "Cree otra clave que lo tenga y escríbala en la plataforma.",
  ],
  source_not_allowed: [
    "La clave de API está limitada a otra fuente.",
    "Cree una clave para esta fuente, o corrija la dirección en la plataforma.",
  ],
  headers_too_large: [
    "La solicitud tiene más de 16 kB de encabezados, que ninguna plataforma envía.",
    "Vea quién la envía.",
  ],
  too_many_refusals: [
    "Probablemente se rechaza a un mismo remitente una y otra vez; no se le atiende durante un minuto.",
    "Vea los motivos anteriores en el registro de entrada.",
  ],
  too_many_requests: [
    "Llegaron más solicitudes de las que una fuente puede enviar en un minuto.",
    "Repártalas, o cree una segunda fuente.",
  ],
  body_too_large: ["El cuerpo es más grande que los avisos de esta plataforma.", "Deje campos fuera de su plantilla."],
  body_cut_short: [
    "Probablemente el límite de tiempo de quien envía es muy corto: se cortó en medio del cuerpo.",
    "Suba el límite de tiempo en la plataforma.",
  ],
  invalid_json: [
    "Probablemente quedó un marcador en la plantilla, o un valor contiene una comilla.",
    "Compare la plantilla de la plataforma con la guía de la fuente.",
  ],
  unrendered_hook: ["La plataforma no completó un marcador.", "Quite ese campo de su plantilla."],
  call_erased: ["Es de una llamada que se borró. No se guardó nada de ella.", "Nada: una llamada borrada no vuelve."],
  samples_removed: ["Es una llamada de ejemplo que se quitó.", "Nada: cargue los ejemplos otra vez si los quiere."],
  source_paused: ["Una persona puso la fuente en pausa.", "Reanude la fuente y repita lo que llegó entretanto."],
  campaign_not_allowed: [
    "La clave de API está limitada a otra campaña.",
    "Use una clave que no lo esté y repita la solicitud.",
  ],
  campaign_of_another_source: [
    "Probablemente el número de la campaña en la plantilla está mal: sus llamadas vienen de la fuente de otra plataforma.",
    "Revise el número en la plantilla, o asigne esta fuente también a la campaña, en su pestaña Ajustes.",
  ],
  processing_failed: [
    "Nuestro lado falló diez veces con esto.",
    "Repítalo; si falla otra vez, es una falla que se debe informar.",
  ],
  body_not_kept: ["El cuerpo guardado ya no está.", "Pida a la plataforma que envíe el aviso otra vez."],
  unknown_source: [
    "Probablemente la dirección está mal escrita o su fuente se eliminó.",
    "Copie otra vez la dirección de la fuente.",
  ],
  quiet: [
    "Probablemente no hubo llamadas, o la plataforma las envía a otro lado.",
    "Si hubo llamadas, vea si la plataforma todavía envía a la dirección de esta fuente, y qué se le respondió.",
  ],
  never: [
    "Probablemente la plataforma todavía no está configurada.",
    "Configúrela como dice la guía en la pestaña Conexión de la fuente y haga una llamada.",
  ],
  unknown: ["No se conoce la causa.", "El registro de entrada muestra qué se envió."],
};

export type NoticeCode = Grouped | Single;

/** Why what a source sent was refused, given up or left waiting, and what a source is that nothing comes from. */
export const noticeFailures: Explanations<NoticeCode> = {
  en: { ...grouped(EN), ...SINGLE_EN },
  es: { ...grouped(ES), ...SINGLE_ES },
};

function grouped(texts: Record<keyof typeof EN, Explained>): Record<Grouped, Explained> {
  const entries = (Object.keys(SAME) as (keyof typeof EN)[]).flatMap((group) =>
    SAME[group].map((code) => [code, texts[group]] as const),
  );
  return Object.fromEntries(entries) as unknown as Record<Grouped, Explained>;
}
