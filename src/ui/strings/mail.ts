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
  },
  es: {
    invitationSubject: (organization: string) => `Invitación a ${organization} en Trunkline`,
    invitationText: (organization: string, link: string) =>
      `Le invitan a unirse a ${organization}. Para aceptar, abra este enlace antes de una semana:\n\n${link}\n\nSi no esperaba esta invitación, no tiene que hacer nada.`,
    resetSubject: "Una contraseña nueva para Trunkline",
    resetText: (link: string) =>
      `Se pidió una contraseña nueva para su cuenta. Este enlace sirve una vez, durante 30 minutos:\n\n${link}\n\nSi no fue usted, no tiene que hacer nada: su contraseña sigue igual.`,
  },
});
