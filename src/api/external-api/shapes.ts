import { z } from "@hono/zod-openapi";

// The External API of AuditorIA in its own shapes. Unknown values are null or empty, never made up.

const exampleUuid = "task_7h2j9k4m1n6p3q8r5s0t2v7w4x";

const segment = z.object({
  start: z.number().describe("Seconds from the start of the recording."),
  end: z.number(),
  text: z
    .string()
    .nullable()
    .describe(
      "What was said in it, by the newest transcript; masked where the campaign redacts. Null where nothing was transcribed, and for keys without `analyses:read`.",
    ),
  speaker: z.string().describe("`channel_0` is the left channel of the recording."),
});

export const externalTask = z
  .object({
    uuid: z.string().describe("The id of the call's task. Every address takes the call's id as well."),
    status: z.enum(["pending", "processing", "completed", "failed"]),
    result: z.object({ segments: z.array(segment) }).nullable(),
    file_name: z.string().nullable(),
    url: z.string().nullable().describe("Signed link to the audio."),
    audio_duration: z.number().nullable().describe("Seconds."),
    language: z.string().nullable(),
    task_type: z.string().nullable(),
    error: z.string().nullable(),
  })
  .openapi("ExternalTask", {
    example: {
      uuid: exampleUuid,
      status: "completed",
      result: { segments: [{ start: 0.32, end: 4.1, text: "Hola, ¿en qué puedo ayudarle?", speaker: "channel_0" }] },
      file_name: "call-4711.mp3",
      url: "https://calls.example/recordings/rec_…/audio?…",
      audio_duration: 187,
      language: "es",
      task_type: "transcribe",
      error: null,
    },
  });

export const agentIdentification = z
  .object({
    uuid: z.string(),
    operator: z.object({ id: z.string(), name: z.string() }).nullable(),
    speaker: z.string().nullable().describe("The operator's channel; null when unknown."),
    confidence: z
      .number()
      .nullable()
      .describe("Always null: operators are matched by name or reference, not by voice."),
  })
  .openapi("ExternalAgentIdentification", {
    example: {
      uuid: exampleUuid,
      operator: { id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x", name: "Lucía Fernández" },
      speaker: null,
      confidence: null,
    },
  });

export const speakerAnalysis = z
  .object({
    uuid: z.string(),
    speakers: z.array(
      z.object({
        speaker: z.string(),
        talk_seconds: z.number(),
        speech_level_db: z.number().nullable(),
        noise_level_db: z.number().nullable(),
        segments: z.array(z.object({ start: z.number(), end: z.number() })),
      }),
    ),
    silence_seconds: z.number().nullable(),
    overlap_seconds: z.number().nullable(),
  })
  .openapi("ExternalSpeakerAnalysis", {
    example: {
      uuid: exampleUuid,
      speakers: [
        {
          speaker: "channel_0",
          talk_seconds: 84.2,
          speech_level_db: -24.1,
          noise_level_db: -61.3,
          segments: [{ start: 0.32, end: 4.1 }],
        },
      ],
      silence_seconds: 34.6,
      overlap_seconds: 3.7,
    },
  });

export const tags = z
  .object({ uuid: z.string(), tags: z.array(z.string()) })
  .openapi("ExternalTags", { example: { uuid: exampleUuid, tags: ["campaign_1", "support_queue"] } });

export const taskList = z
  .object({ tasks: z.array(externalTask), next_cursor: z.string().nullable() })
  .openapi("ExternalTaskList", {
    example: {
      tasks: [
        {
          uuid: exampleUuid,
          status: "pending",
          result: null,
          file_name: "call-4711.mp3",
          url: null,
          audio_duration: null,
          language: null,
          task_type: null,
          error: null,
        },
      ],
      next_cursor: null,
    },
  });
