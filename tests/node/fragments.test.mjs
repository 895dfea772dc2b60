/* Each observation of each scenario is a test; its name is the sentence that it proves. */

import { describe, test } from "node:test";

import { NAMES, scenario } from "./recording.mjs";

for (const name of NAMES) {
  const { observations } = await scenario(name);
  describe(name, () => {
    for (const [sentence, observe] of Object.entries(observations)) test(sentence, observe);
  });
}
