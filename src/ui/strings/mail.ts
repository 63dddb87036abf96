import { defineStrings } from "./define";

/** Letters. */
export const mail = defineStrings({
  en: {
    invitationSubject: (organization: string) => `You are invited to ${organization} on Trunkline`,
    invitationText: (organization: string, link: string) =>
      `You are invited to join ${organization}. Open this link within a week to accept:\n\n${link}\n\nIf you did not expect this, you need not do anything.`,
    resetSubject: "A new password for Trunkline",
    resetText: (link: string) =>
      `Someone asked for a new password for your account. This link works once, for 30 minutes:\n\n${link}\n\nIf it was not you, you need not do anything: your password stays as it is.`,
    digestSubject: (count: string, organization: string) => `${count} unread notifications in ${organization}`,
    digestSubjectOne: (organization: string) => `One unread notification in ${organization}`,
    digestSubjectWrong: (organization: string) => `Something is wrong in ${organization}`,
    digestUnread: (organization: string, lines: string) =>
      `New in ${organization} since the last letter, and unread:\n\n${lines}`,
    digestWrong: (organization: string, lines: string) => `What is wrong in ${organization} now:\n\n${lines}`,
    actionSubject: (action: string, organization: string) => `${action}: a call of ${organization}`,
    actionText: (text: string, link: string, preferences: string) =>
      `${text}\n\nThe call:\n${link}\n\nYou get this letter because a campaign tells you of such calls. To turn it off:\n${preferences}`,
    digestEnd: (inbox: string, preferences: string) =>
      `Read more:\n${inbox}\n\nYou get this letter at most once a day because you asked for it. To turn it off:\n${preferences}`,
    reportSubject: (name: string, from: string, to: string) => `${name}: ${from} – ${to}`,
    reportText: (name: string, organization: string, from: string, to: string) =>
      `The report “${name}” of ${organization}, from ${from} to ${to}:`,
    reportCalls: (count: string) => `Calls: ${count}`,
    reportReviews: (count: string) => `Reviews: ${count}`,
    reportScore: (score: string) => `Average score: ${score}`,
    reportPassed: (share: string) => `Passed: ${share}`,
    reportLate: (count: string) => `After their due date: ${count}`,
    reportLink: (link: string) =>
      `All of it, as a file for a spreadsheet. The link works for a week, for whoever has it:\n${link}`,
    reportEnd: (schedule: string) => `Who gets this letter, and when, is set here:\n${schedule}`,
  },
  es: {
    invitationSubject: (organization: string) => `Invitación a ${organization} en Trunkline`,
    invitationText: (organization: string, link: string) =>
      `Le invitan a unirse a ${organization}. Para aceptar, abra este enlace antes de una semana:\n\n${link}\n\nSi no esperaba esta invitación, no tiene que hacer nada.`,
    resetSubject: "Una contraseña nueva para Trunkline",
    resetText: (link: string) =>
      `Se pidió una contraseña nueva para su cuenta. Este enlace sirve una vez, durante 30 minutos:\n\n${link}\n\nSi no fue usted, no tiene que hacer nada: su contraseña sigue igual.`,
    digestSubject: (count: string, organization: string) => `${count} notificaciones sin leer en ${organization}`,
    digestSubjectOne: (organization: string) => `Una notificación sin leer en ${organization}`,
    digestSubjectWrong: (organization: string) => `Algo está mal en ${organization}`,
    digestUnread: (organization: string, lines: string) =>
      `Nuevo en ${organization} desde el último correo, y sin leer:\n\n${lines}`,
    digestWrong: (organization: string, lines: string) => `Lo que está mal en ${organization} ahora:\n\n${lines}`,
    actionSubject: (action: string, organization: string) => `${action}: una llamada de ${organization}`,
    actionText: (text: string, link: string, preferences: string) =>
      `${text}\n\nLa llamada:\n${link}\n\nRecibe este correo porque una campaña le avisa de llamadas así. Para dejar de recibirlo:\n${preferences}`,
    digestEnd: (inbox: string, preferences: string) =>
      `Lea más:\n${inbox}\n\nRecibe este correo como máximo una vez al día porque lo pidió. Para dejar de recibirlo:\n${preferences}`,
    reportSubject: (name: string, from: string, to: string) => `${name}: ${from} – ${to}`,
    reportText: (name: string, organization: string, from: string, to: string) =>
      `El informe «${name}» de ${organization}, del ${from} al ${to}:`,
    reportCalls: (count: string) => `Llamadas: ${count}`,
    reportReviews: (count: string) => `Revisiones: ${count}`,
    reportScore: (score: string) => `Puntaje promedio: ${score}`,
    reportPassed: (share: string) => `Aprobadas: ${share}`,
    reportLate: (count: string) => `Después de su vencimiento: ${count}`,
    reportLink: (link: string) =>
      `Todo, como archivo para una hoja de cálculo. El enlace sirve durante una semana, a quien lo tenga:\n${link}`,
    reportEnd: (schedule: string) => `Quién recibe este correo, y cuándo, se configura aquí:\n${schedule}`,
  },
});
