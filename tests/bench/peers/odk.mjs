// ODK's engine for the stopwatch: one wish a line, each answered with the milliseconds that it took.
//
//   {"load": "<path of an XForm>"}  form and an empty record      {"fill": [step, ...]}  not measured
//   {"answers": [{"set": place, "value": text}, ...]}  milliseconds of each
//   {"values": [place, ...]}  for a check

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { engine } from "../../judges/odk_engine.mjs";
import { Session } from "../../judges/odk_session.mjs";

const { loadForm } = await engine(process.env.HRDDP_PEERS);
let session = null;

const answer = async (wish) => {
  if (wish.load !== undefined) {
    const text = readFileSync(wish.load, "utf8");
    const start = performance.now();
    const instance = (await loadForm(text)).createInstance();
    const ms = performance.now() - start;
    session = new Session(instance);
    return { ms };
  }
  if (wish.fill !== undefined) {
    wish.fill.forEach((step) => session.take(step));
    return {};
  }
  if (wish.values !== undefined) {
    return { values: wish.values.map((place) => session.nodes.get(place).currentState.instanceValue) };
  }
  const ms = wish.answers.map(({ set, value }) => {
    const start = performance.now();
    session.answer(set, value);
    return performance.now() - start;
  });
  return { ms };
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
