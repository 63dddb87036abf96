import type { Refusal } from "./refusals-of-actions";

/** What is said of a notice that a person tries: why it makes no call, and what is wrong with it. */
export const REFUSALS_OF_NOTICES: readonly Refusal[] = [
  ["Only {} are processed.", "Solo se procesan: {}."],
  ["Only {} is processed.", "Solo se procesa {}."],
  ["Only call events are processed.", "Solo se procesan los eventos de llamadas."],
  ["Only telephony sessions are processed.", "Solo se procesan las sesiones de telefonía."],
  [
    "Only status callbacks of calls, of recordings and of transcriptions are processed.",
    "Solo se procesan los avisos de estado de llamadas, de grabaciones y de transcripciones.",
  ],
  [
    "Of TeXML, only the callbacks of a call's status, of recordings, of transcriptions and of answering machine detection are processed.",
    "De TeXML solo se procesan los avisos del estado de una llamada, de grabaciones, de transcripciones y de detección de contestadores.",
  ],
  [
    "Voice Intelligence names a transcript and does not send its words.",
    "Voice Intelligence nombra una transcripción y no envía sus palabras.",
  ],
  [
    "Words that are sent piece by piece during a call are not processed.",
    "Las palabras que se envían por partes durante una llamada no se procesan.",
  ],
  [
    "Only the states of a call and its recordings are processed.",
    "Solo se procesan los estados de una llamada y sus grabaciones.",
  ],
  [
    "Only phone calls, their recordings and voicemails are processed.",
    "Solo se procesan las llamadas telefónicas, sus grabaciones y los mensajes de voz.",
  ],
  ["Only what changes a call is processed.", "Solo se procesa lo que cambia una llamada."],
  ["The call was not recorded, so no task is created.", "La llamada no se grabó, por eso no se crea una tarea."],
  [
    "The event is ignored: only END and RECORDING are processed.",
    "El evento se ignora: solo se procesan END y RECORDING, el fin y la grabación.",
  ],
  [
    "The event names no call in data.metadata.callId, and what it is about stands for none.",
    "El evento no nombra ninguna llamada en data.metadata.callId, y aquello de lo que trata no es ninguna.",
  ],
  ["A test event: no call is made of it.", "Un evento de prueba: no se hace una llamada de él."],
  ["This state says nothing about the call itself.", "Este estado no dice nada de la llamada misma."],
  [
    "Calls of this source come as uploads: upload a recording instead.",
    "Las llamadas de esta fuente llegan como cargas: cargue una grabación.",
  ],
  ["may have at most {} bytes", "puede tener como máximo {} bytes"],
  ["speaks of several calls: send one at a time", "habla de varias llamadas: envíe una por vez"],
  [
    "A call of this id was erased: give the sample another id.",
    "Una llamada con este id se borró: dele otro id a la muestra.",
  ],
  [
    "cannot be made up from this source's mapping: give one",
    "no se puede componer a partir de la asignación de esta fuente: escriba una",
  ],
  ["The mapping's only_if says no to this notice.", "El only_if de la asignación dice que no a este aviso."],
  [
    "Telnyx made no recording: there was nothing to record.",
    "Telnyx no hizo ninguna grabación: no había nada que grabar.",
  ],
  [
    "Twilio made no recording: there was nothing to record.",
    "Twilio no hizo ninguna grabación: no había nada que grabar.",
  ],
  ["Twilio lists the call in a state we do not know.", "Twilio lista la llamada en un estado que no conocemos."],
  ["The body must be one JSON object: `{ … }`.", "El cuerpo debe ser un objeto JSON: `{ … }`."],
  ["must be one JSON object: `{ … }`", "debe ser un objeto JSON: `{ … }`"],
  ["The body is not JSON.", "El cuerpo no es JSON."],
  [
    "The body is a form. Send the notice as one JSON object, with Content-Type: application/json.",
    "El cuerpo es un formulario. Envíe el aviso como un objeto JSON, con Content-Type: application/json.",
  ],
  [
    "The body is XML. Send the notice as one JSON object, with Content-Type: application/json.",
    "El cuerpo es XML. Envíe el aviso como un objeto JSON, con Content-Type: application/json.",
  ],
  ["Inflated, the body is larger than {} bytes.", "Descomprimido, el cuerpo tiene más de {} bytes."],
  ["Send the body in UTF-8.", "Envíe el cuerpo en UTF-8."],
  ["The body is not in the charset its type names.", "El cuerpo no está en el juego de caracteres que su tipo nombra."],
  ["The notice does not fit the mapping: {}.", "El aviso no concuerda con la asignación: {}."],
  ["The notice of an upload is not one.", "El aviso de una carga no lo es."],
  ["Aircall's webhooks are application/json.", "Los webhooks de Aircall son application/json."],
  ["Fields are missing: {}.", "Faltan campos: {}."],
  ["Values cannot be read: {}.", "No se pueden leer valores: {}."],
  ["is missing", "falta"],
  ["is missing: nothing is there to tell the call by", "falta: no hay nada que distinga a la llamada"],
  ["was not filled in", "no se completó"],
  ["must be text", "debe ser texto"],
  ["must be text of at most {} characters", "debe ser texto de como máximo {} caracteres"],
  ["must be text or a number", "debe ser texto o un número"],
  ["must be at most {} characters", "debe tener como máximo {} caracteres"],
  ["must be true or false", "debe ser true o false"],
  ["must be a number of seconds", "debe ser una cantidad de segundos"],
  ["must be a length of time: a number, or H:MM:SS", "debe ser una duración: un número, o H:MM:SS"],
  [
    "must be a time: ISO 8601, RFC 1123, YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS, or a number of the epoch",
    "debe ser una hora: ISO 8601, RFC 1123, YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS, o un número de la época",
  ],
  [
    "must be a date and time: YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS or ISO 8601",
    "debe ser una fecha y hora: YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS o ISO 8601",
  ],
  ["must be the campaign's number", "debe ser el número de la campaña"],
  ["must be an http or https URL", "debe ser una URL http o https"],
  ["must be a link, or an object that holds one", "debe ser un enlace, o un objeto que tenga uno"],
  ["must be inbound or outbound", "debe ser inbound u outbound"],
  [
    "must be inbound, outbound or internal: say which word means which under {}",
    "debe ser inbound, outbound o internal: indique qué palabra significa qué en {}",
  ],
  [
    "must be completed, failed or in_progress: say which word means which under {}",
    "debe ser completed, failed o in_progress: indique qué palabra significa qué en {}",
  ],
  ["are more than {}", "son más de {}"],
];
