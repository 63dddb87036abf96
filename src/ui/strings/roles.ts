import type { View } from "../view";
import { defineStrings, wordsOf, type Words } from "./define";

/** What Voicesense calls the role `developer`, in every language. */
const COMPANY_OPERATOR = "Company Operator";

/** The names of roles, what each is for, and the page that shows what each may do. */
const roleWords = defineStrings({
  en: {
    owner: "Owner",
    admin: "Administrator",
    supervisor: "Supervisor",
    reviewer: "Reviewer",
    operator: "Operator",
    developer: "Developer",
    viewer: "Viewer",
    ownerFor: "Everything, also what is added later.",
    adminFor: "Everything there is today.",
    supervisorFor: "Runs campaigns, operators and teams, listens, uploads.",
    reviewerFor: "Reads, listens to and reviews calls.",
    operatorFor: "The person on calls: only their own.",
    developerFor:
      "Webhooks, sources, keys and logs; neither bodies nor listening. Voicesense calls it Company Operator.",
    viewerFor: "Reads calls without listening.",
    state: "Every member has one role. What a role may do is the same here and at the API.",
    permission: "Permission",
    table: "What each role may do",
    naming: "Names of the roles",
    namingHint: "Chosen for everybody in this organization. What a role may do stays the same.",
    ordinaryNames: "Trunkline's: Developer",
    voicesenseNames: "Voicesense's: Company Operator",
    save: "Save",
    saved: "Saved.",
    yes: "yes",
    no: "no",
  },
  es: {
    owner: "Propietario",
    admin: "Administrador",
    supervisor: "Supervisión",
    reviewer: "Revisión",
    operator: "Operador",
    developer: "Desarrollo",
    viewer: "Consulta",
    ownerFor: "Todo, también lo que se agregue después.",
    adminFor: "Todo lo que hay hoy.",
    supervisorFor: "Dirige campañas, operadores y equipos, escucha, carga.",
    reviewerFor: "Lee, escucha y evalúa llamadas.",
    operatorFor: "La persona en las llamadas: solo las suyas.",
    developerFor:
      "Webhooks, fuentes, claves y registros; sin cuerpos y sin escuchar. Voicesense lo llama Company Operator (operador de la empresa).",
    viewerFor: "Lee llamadas sin escuchar.",
    state: "Cada miembro tiene un rol. Lo que un rol puede hacer es igual aquí y en la API.",
    permission: "Permiso",
    table: "Lo que puede cada rol",
    naming: "Nombres de los roles",
    namingHint: "Se eligen para todos en esta organización. Lo que un rol puede hacer no cambia.",
    ordinaryNames: "Los de Trunkline: Desarrollo",
    voicesenseNames: "Los de Voicesense: Company Operator",
    save: "Guardar",
    saved: "Guardado.",
    yes: "sí",
    no: "no",
  },
});

export type RoleWords = Words<typeof roleWords>;

/** The words of roles, by the names that the organization chose for them. */
export function rolesIn({ language, naming }: Pick<View, "language" | "naming">): RoleWords {
  const words = wordsOf(roleWords, language);
  return naming === "voicesense" ? { ...words, developer: COMPANY_OPERATOR } : words;
}

/** What a role is called; a role that is not known keeps its name. */
export function roleName(view: Pick<View, "language" | "naming">, role: string): string {
  const words = rolesIn(view);
  return ROLE_NAMES.find((name) => name === role) === undefined ? role : words[role as (typeof ROLE_NAMES)[number]];
}

const ROLE_NAMES = ["owner", "admin", "supervisor", "reviewer", "operator", "developer", "viewer"] as const;
