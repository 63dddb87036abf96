import type { Refusal } from "./refusals-of-actions";

/** What is refused of people, invitations, API keys and issuers of tokens. */
export const REFUSALS_OF_PEOPLE: readonly Refusal[] = [
  ["This person is a member already.", "Esta persona ya es miembro."],
  [
    "This is the organization's last owner. Make another one first.",
    "Es el último propietario de la organización. Nombre antes a otro.",
  ],
  ["The member was changed at the same time. Try again.", "El miembro se cambió al mismo tiempo. Pruebe otra vez."],
  ["Nobody gives more than they have: {} goes beyond.", "Nadie da más de lo que tiene: {} lo supera."],
  [
    "This member has more than you have ({}): only somebody who has as much changes or removes them.",
    "Este miembro tiene más que usted ({}): solo quien tiene lo mismo lo cambia o lo quita.",
  ],
  [
    "Nobody shuts themselves out: there would be no way back in. Leave the organization on your profile instead.",
    "Nadie se quita el acceso a sí mismo: no podría volver. Deje la organización desde su perfil.",
  ],
  ["names no campaign: choose at least one", "no nombra ninguna campaña: elija al menos una"],
  ["names no team: choose at least one", "no nombra ningún equipo: elija al menos uno"],
  ["names a campaign that this organization does not have", "nombra una campaña que esta organización no tiene"],
  ["names no operator of this organization", "no nombra a ningún operador de esta organización"],
  [
    "This address has an account. Sign in with it, then open the link again.",
    "Esta dirección ya tiene una cuenta. Inicie sesión con ella y abra otra vez el enlace.",
  ],
  [
    "The invitation is for another address than the one you signed in with.",
    "La invitación es para otra dirección que la de su sesión.",
  ],
  // API keys and issuers of tokens.
  [
    "A key cannot give more rights than it has: {} goes beyond.",
    "Una clave no da más derechos que los suyos: {} los supera.",
  ],
  [
    "This is the organization's last key with all rights and no end. Make another one first.",
    "Es la última clave de la organización con todos los derechos y sin fin. Cree antes otra.",
  ],
  [
    "leaves only notices:write, which these scopes do not have",
    "deja solo notices:write, que estos permisos no incluyen",
  ],
  [
    "leaves only notices:write, uploads:read and uploads:write, none of which these scopes have",
    "deja solo notices:write, uploads:read y uploads:write, y estos permisos no incluyen ninguno",
  ],
  ["allow nothing", "no permiten nada"],
  [
    "do nothing in these campaigns: they are for the whole organization",
    "no hacen nada en estas campañas: son para toda la organización",
  ],
  ["The key does not work any more.", "La clave ya no sirve."],
  ["The key was rotated already: {} replaces it.", "La clave ya se renovó: la reemplaza {}."],
  ["The key was changed at the same time.", "La clave se cambió al mismo tiempo."],
  ["is not in the future", "no está en el futuro"],
  ["names no campaign of this organization", "no nombra ninguna campaña de esta organización"],
  ["names no source of this organization", "no nombra ninguna fuente de esta organización"],
  [
    "Issuer and audience together are in use already: choose another audience.",
    "El emisor y la audiencia juntos ya están en uso: elija otra audiencia.",
  ],
  ["An organization has at most {} token issuers.", "Una organización tiene como máximo {} emisores de tokens."],
  ["The issuer was changed at the same time.", "El emisor se cambió al mismo tiempo."],
];
