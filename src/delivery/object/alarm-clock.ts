/** The object's single alarm. Remembers when it is set, so that a request for a later time writes nothing. */
export type AlarmClock = {
  /** Reads the time the alarm is set to. Call it before any other method. */
  read(): Promise<void>;
  /** Ensures that an alarm is set for `at` (milliseconds) or earlier. */
  ensure(at: number): Promise<void>;
  /** Records that the alarm has fired and that none is set now. */
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
        // The alarm may or may not be set now. Assuming that it is could leave the object without an alarm for good.
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
