/** What can go wrong with the rows of a Neotel, in both languages, beside what its FTP server may answer. */
export const NEOTEL_PROBLEMS = {
  neotel_unreachable: {
    en: {
      cause: "Neotel's HTTP API could not be reached, or broke off.",
      remedy:
        "Ensure network connectivity: its address must be reachable from the internet. Behind a firewall it is not.",
    },
    es: {
      cause: "No se pudo alcanzar la API HTTP de Neotel, o se cortó.",
      remedy:
        "Asegure la conectividad: su dirección debe ser accesible desde internet. Detrás de un cortafuegos no lo es.",
    },
  },
  neotel_login: {
    en: {
      cause: "Neotel's HTTP API does not accept who asks.",
      remedy: "Check the API's user and password, and whether it lets only some addresses in.",
    },
    es: {
      cause: "La API HTTP de Neotel no acepta a quien pregunta.",
      remedy: "Compruebe el usuario y la contraseña de la API, y si admite solo algunas direcciones.",
    },
  },
  not_neotel: {
    en: {
      cause: "What answers at the API's address is no Neotel API.",
      remedy: "Verify the address: it ends in /neoapi/webservice.asmx.",
    },
    es: {
      cause: "Lo que responde en la dirección de la API no es una API de Neotel.",
      remedy: "Verifique la dirección: termina en /neoapi/webservice.asmx.",
    },
  },
  neotel_task: {
    en: {
      cause: "The task failed in Neotel.",
      remedy: "Check the task's number and how many parameters it takes, and try it in Neotel itself.",
    },
    es: {
      cause: "La tarea falló en Neotel.",
      remedy: "Compruebe el número de la tarea y cuántos parámetros lleva, y pruébela en Neotel.",
    },
  },
  neotel_rows: {
    en: {
      cause: "What Neotel gives are no rows of calls.",
      remedy: "Have the task give its rows as JSON, and fewer of them at a time.",
    },
    es: {
      cause: "Lo que entrega Neotel no son filas de llamadas.",
      remedy: "Haga que la tarea entregue sus filas como JSON, y menos cada vez.",
    },
  },
  neotel_columns: {
    en: {
      cause: "The rows lack a column, or the time in them cannot be read.",
      remedy: "Set which column holds the file and which the time.",
    },
    es: {
      cause: "A las filas les falta una columna, o no se puede leer su fecha y hora.",
      remedy: "Indique qué columna tiene el archivo y cuál la fecha y hora.",
    },
  },
  neotel_row: {
    en: {
      cause: "No time can be read in the row of this recording.",
      remedy: "Put the row right in Neotel; it comes in with the next look.",
    },
    es: {
      cause: "No se puede leer la fecha y hora en la fila de esta grabación.",
      remedy: "Corrija la fila en Neotel; entra con la próxima revisión.",
    },
  },
} as const;
