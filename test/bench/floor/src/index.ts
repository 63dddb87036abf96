// The floor: the cost of a Worker that takes in a signed request and passes it on without any promise: no order, no
// log, no retry, nothing stored. Ours is measured against it in the same runtime.

import { take, type Message, type TakeEnv } from "./take";

type Env = TakeEnv & {
  RECEIVER_URL: string;
};

export default {
  fetch: take,

  /** Posts every message of the batch to each of its receivers, all at once. */
  async queue(batch: { messages: readonly { body: Message }[] }, env: Env): Promise<void> {
    await Promise.all(
      batch.messages.flatMap(({ body: { first, endpoints, body } }) =>
        Array.from({ length: endpoints }, async (_, endpoint) => {
          const response = await fetch(`${env.RECEIVER_URL}/${first + endpoint}`, { method: "POST", body });
          await response.body?.cancel();
        }),
      ),
    );
  },
};
