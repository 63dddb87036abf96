/** The one alarm of an object, remembered, so that setting it no earlier than it stands costs nothing. */
export type AlarmClock = {
  /** Reads when the alarm stands; before anything else. */
  read(): Promise<void>;
  /** Makes sure that an alarm stands at `at` (milliseconds) or earlier. */
  ensure(at: number): Promise<void>;
  /** The alarm has rung: there is none. */
  rang(): void;
  clear(): Promise<void>;
};

export function newAlarmClock(storage: DurableObjectStorage): AlarmClock {
  let standsAt: number | null = null;
  return {
    read: async () => {
      standsAt = await storage.getAlarm();
    },
    ensure: async (at) => {
      if (standsAt !== null && standsAt <= at) return;
      standsAt = at;
      try {
        await storage.setAlarm(at);
      } catch (cause) {
        // There may be none now; to take one for granted would be to set none ever again.
        standsAt = null;
        throw cause;
      }
    },
    rang: () => {
      standsAt = null;
    },
    clear: async () => {
      await storage.deleteAlarm();
      standsAt = null;
    },
  };
}
