import { defineStrings } from "./define";

/** What the pages of Settings have in common. */
export const settingsWords = defineStrings({
  en: {
    title: "Settings",
    tabs: "Parts of Settings",
    roles: "Roles",
    notifications: "Notifications",
    teams: "Teams",
  },
  es: {
    title: "Ajustes",
    tabs: "Partes de los ajustes",
    roles: "Roles",
    notifications: "Notificaciones",
    teams: "Equipos",
  },
});
