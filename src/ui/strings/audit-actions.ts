import type { RecordedAction } from "../../lib/recorded-actions";
import type { Language } from "../language";
import { pseudo } from "./define";

/** How the participle of a Spanish name ends: as its noun asks for. */
type Ending = "o" | "a" | "os" | "as";

/** What is acted on, by what actions begin with. */
const NOUNS: Readonly<Record<string, readonly [english: string, spanish: string, ending: Ending]>> = {
  organization: ["Organization", "Organización", "a"],
  api_key: ["API key", "Clave de API", "a"],
  token_issuer: ["Token issuer", "Emisor de tokens", "o"],
  campaign: ["Campaign", "Campaña", "a"],
  team: ["Team", "Equipo", "o"],
  absence: ["Absence of a reviewer", "Ausencia de un evaluador", "a"],
  consensus: ["Several reviews of a call", "Varias evaluaciones de una llamada", "as"],
  sla_policy: ["Service level", "Nivel de servicio", "o"],
  team_member: ["Member of a team", "Miembro de un equipo", "o"],
  operator: ["Operator", "Operador", "o"],
  operator_reference: ["Platform's id of an operator", "Id de un operador en la plataforma", "o"],
  source: ["Source", "Fuente", "a"],
  connector: ["Storage", "Almacenamiento", "o"],
  endpoint: ["Webhook", "Webhook", "o"],
  company_secret: ["Company secret", "Secreto de la empresa", "o"],
  secret: ["Secret", "Secreto", "o"],
  test_receiver: ["Test receiver", "Receptor de prueba", "o"],
  upload: ["Upload", "Carga", "a"],
  reconciliation: ["Comparison with a platform", "Comparación con una plataforma", "a"],
  inbound: ["Request of the inbound log", "Solicitud del registro de entrada", "a"],
  user: ["Account of a person", "Cuenta de una persona", "a"],
  membership: ["Membership of a person", "Membresía de una persona", "a"],
  session: ["Session", "Sesión", "a"],
  remembered_browser: ["Remembered browser", "Navegador recordado", "o"],
  invitation: ["Invitation", "Invitación", "a"],
  totp: ["Authenticator app", "Aplicación de autenticación", "a"],
  passkey: ["Passkey", "Llave de acceso", "a"],
  recovery_code: ["Recovery code", "Código de recuperación", "o"],
  password_reset: ["Link for a new password", "Enlace para una contraseña nueva", "o"],
  view: ["Saved view", "Vista guardada", "a"],
  report_schedule: ["Scheduled report", "Informe programado", "o"],
  engine: ["Engine", "Motor", "o"],
  spend_cap: ["Spend cap", "Límite de gasto", "o"],
  scorecard: ["Scorecard", "Pauta", "a"],
  review: ["Review", "Evaluación", "a"],
  review_comment: ["Comment on a review", "Comentario de una evaluación", "o"],
  post_call_actions: ["Post-call actions", "Acciones posteriores a la llamada", "as"],
  rule: ["Rule", "Regla", "a"],
  alert: ["Alert", "Alerta", "a"],
  task: ["Task", "Tarea", "a"],
  erasure: ["Erasure", "Borrado", "o"],
  hold: ["Legal hold", "Retención legal", "a"],
  retention: ["Retention rule", "Regla de conservación", "a"],
};

/** What was done, by what actions end with. Of Spanish what its ending comes behind. */
const VERBS: Readonly<Record<string, readonly [english: string, spanish: string]>> = {
  created: ["created", "cread"],
  updated: ["changed", "modificad"],
  deleted: ["deleted", "eliminad"],
  archived: ["archived", "archivad"],
  revoked: ["revoked", "revocad"],
  added: ["added", "agregad"],
  opened: ["opened", "abiert"],
  closed: ["closed", "cerrad"],
  revealed: ["shown", "mostrad"],
  replayed: ["replayed", "repetid"],
  confirmed: ["confirmed", "confirmad"],
  begun: ["begun", "comenzad"],
  placed: ["placed", "puest"],
};

/** Names of acts, which are more than a thing and what was done with it. */
const OWN: Record<RecordedAction, readonly [english: string, spanish: string]> = {
  "analysis.started": ["Analysis of a call started", "Análisis de una llamada comenzado"],
  "call.actions_retried": ["Post-call actions tried again", "Acciones posteriores a la llamada reintentadas"],
  "call.campaign_chosen": ["Campaign of a call chosen", "Campaña de una llamada elegida"],
  "call.erased": ["Call erased", "Llamada borrada"],
  "call.original_deleted": ["Original words of a call deleted", "Palabras originales de una llamada eliminadas"],
  "call.original_read": ["Original words of a call read", "Palabras originales de una llamada leídas"],
  "call.replayed": ["Call sent to webhooks again", "Llamada enviada otra vez a los webhooks"],
  "call.tagged": ["Tags of a call changed", "Etiquetas de una llamada modificadas"],
  "call.transcription_asked": ["Transcription of a call asked for", "Transcripción de una llamada pedida"],
  "confirmation.failed": ["Confirmation of identity refused", "Confirmación de identidad rechazada"],
  "connector.file_retried": ["File of a storage tried again", "Archivo de un almacenamiento reintentado"],
  "connector.sign_in_begun": ["Sign-in at a storage begun", "Inicio de sesión en un almacenamiento comenzado"],
  "connector.sign_in_ended": ["Sign-in at a storage ended", "Inicio de sesión en un almacenamiento terminado"],
  "connector.stopped": ["Storage stopped", "Almacenamiento detenido"],
  "connector.synced": ["Look into a storage asked for", "Lectura de un almacenamiento pedida"],
  "connector.tested": ["Storage tested", "Almacenamiento probado"],
  "delivery.held": ["Delivery held", "Entrega retenida"],
  "delivery.released": ["Held delivery released", "Entrega retenida liberada"],
  "delivery.retried": ["Delivery tried again", "Entrega reintentada"],
  "delivery.signed": ["Delivery signed for a request by hand", "Entrega firmada para una solicitud manual"],
  "delivery.skipped": ["Delivery skipped", "Entrega omitida"],
  "endpoint.replayed": ["Earlier events sent to a webhook again", "Eventos anteriores enviados otra vez a un webhook"],
  "endpoint.retried": ["What waits at a webhook tried again", "Lo que espera en un webhook reintentado"],
  "endpoint.tested": ["Webhook tested", "Webhook probado"],
  "engine.tested": ["Engine tested", "Motor probado"],
  "inbound.body_read": ["Body of a request read", "Cuerpo de una solicitud leído"],
  "job.cancelled": ["Job on many calls cancelled", "Trabajo sobre muchas llamadas cancelado"],
  "job.created": ["Job on many calls begun", "Trabajo sobre muchas llamadas comenzado"],
  "recording.link_issued": ["Link to a recording given", "Enlace a una grabación entregado"],
  "recording.original_deleted": ["Original of a recording deleted", "Original de una grabación eliminado"],
  "recording.original_link_issued": [
    "Link to the original of a recording given",
    "Enlace al original de una grabación entregado",
  ],
  "recording.original_played": ["Original of a recording played", "Original de una grabación reproducido"],
  "recording.played": ["Recording played", "Grabación reproducida"],
  "report_schedule.sent": ["Scheduled report sent by hand", "Informe programado enviado a mano"],
  "sign_in.failed": ["Sign in refused", "Intento de iniciar sesión rechazado"],
  "source.sample_sent": ["Sample sent to a source", "Ejemplo enviado a una fuente"],
  "source.secret_shown": ["Secret of a source shown", "Secreto de una fuente mostrado"],
};

/** The name of an action of the audit log; null of one that no code of today writes. */
export function auditActionName(action: string, language: Language): string | null {
  const [english, spanish] = ownName(action) ?? composedName(action) ?? [];
  if (english === undefined || spanish === undefined) return null;
  if (language === "es") return spanish;
  return language === "pseudo" ? pseudo(english) : english;
}

function ownName(action: string) {
  return Object.hasOwn(OWN, action) ? OWN[action as RecordedAction] : undefined;
}

function composedName(action: string): readonly [string, string] | undefined {
  const [thing = "", act = ""] = action.split(".");
  const noun = Object.hasOwn(NOUNS, thing) ? NOUNS[thing] : undefined;
  const verb = Object.hasOwn(VERBS, act) ? VERBS[act] : undefined;
  return noun && verb && [`${noun[0]} ${verb[0]}`, `${noun[1]} ${verb[1]}${noun[2]}`];
}
