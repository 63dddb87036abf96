import { defineStrings } from "./define";

/** What the organization requires of its members. */
export const securityWords = defineStrings({
  en: {
    required: "A second factor is required of every member.",
    notRequired: "A second factor is each member's own choice.",
    title: "Second factor",
    without: (without: string, members: string) => `${without} of ${members} members have none.`,
    consequence: (without: string) =>
      without === "0"
        ? "Nobody is kept from their work by this: every member has one."
        : `Each of the ${without} members without one is led to set it up at their next page, before they see anything else. API keys go on as before.`,
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
    without: (without: string, members: string) => `${without} de ${members} miembros no tienen ninguno.`,
    consequence: (without: string) =>
      without === "0"
        ? "Esto no detiene a nadie: cada miembro tiene uno."
        : `A cada uno de los ${without} miembros que no tienen se le pide configurarlo en su próxima página, antes de ver otra cosa. Las claves de API siguen como antes.`,
    ownFirst: "Configure primero un segundo factor propio, o usted mismo no podría seguir aquí.",
    setUp: "Configurar el propio",
    require: "Exigir un segundo factor",
    relax: "Dejar de exigirlo",
    relaxWhy: "Los miembros que no tienen pueden entonces iniciar sesión solo con su contraseña.",
    saved: "Guardado. Vale desde la próxima página de cada miembro.",
  },
});
