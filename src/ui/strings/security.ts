import { defineStrings } from "./define";

/** What the organization requires of its members. */
export const securityWords = defineStrings({
  en: {
    required: "A second factor is required of every member.",
    notRequired: "A second factor is each member's own choice.",
    title: "Second factor",
    without: (without: string, members: string) => `Members without one: ${without} of ${members}.`,
    consequence: (without: string) =>
      without === "0"
        ? "Nobody is kept from their work by this: every member has one."
        : `${without === "1" ? "The member without one is" : `The ${without} members without one are`} led to set it up at the next page they open, before they see anything else. API keys go on as before.`,
    ownFirst: "Set up a second factor of your own first, or you would be led away from here yourself.",
    setUp: "Set up your own",
    require: "Require a second factor",
    relax: "No longer require it",
    relaxWhy: "Members without one sign in with their password alone then.",
    saved: "Saved. It holds at the next page of each member.",
  },
  es: {
    required: "Se exige un segundo factor a cada miembro.",
    notRequired: "Cada miembro decide si usa un segundo factor.",
    title: "Segundo factor",
    without: (without: string, members: string) => `Miembros sin ninguno: ${without} de ${members}.`,
    consequence: (without: string) =>
      without === "0"
        ? "Esto no detiene a nadie: cada miembro tiene uno."
        : `${without === "1" ? "Al miembro que no tiene" : `A los ${without} miembros que no tienen`} se le pide configurarlo en la próxima página que abra, antes de ver otra cosa. Las claves de API siguen como antes.`,
    ownFirst: "Configure primero un segundo factor propio, o usted mismo no podría seguir aquí.",
    setUp: "Configurar el propio",
    require: "Exigir un segundo factor",
    relax: "Dejar de exigirlo",
    relaxWhy: "Los miembros que no tienen pueden entonces iniciar sesión solo con su contraseña.",
    saved: "Guardado. Vale desde la próxima página de cada miembro.",
  },
});
