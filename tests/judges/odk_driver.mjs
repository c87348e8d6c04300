// Plays answer scripts in ODK's own engine. One JSON object a line on standard input, one a line on standard output.
//
//   {"load": "<path of an XForm>"}    -> {}
//   {"play": [step, ...]}             -> {"states": [state, ...]}: the first before any step, then one after each
//
// Steps are those of odk_session.mjs. A state holds only the places that differ from the state before: place ->
// [relevant, value, fits its constraint, codes on offer or null], or null for a place that is gone; a group or table has
// [relevant] alone.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { engine } from "./odk_engine.mjs";
import { Session } from "./odk_session.mjs";

const { loadForm } = await engine(process.env.HRDDP_PEERS);
let form = null;

const stateAt = (node) => {
  const { relevant, instanceValue } = node.currentState;
  if (instanceValue === undefined) {
    return [relevant];
  }
  const fits = node.validationState.constraint?.valid ?? true;
  const codes = node.nodeType === "select" ? node.currentState.valueOptions.map((option) => option.value) : null;
  return [relevant, relevant ? instanceValue : "", fits, codes];
};

const stateOf = (session) => new Map([...session.nodes].map(([place, node]) => [place, stateAt(node)]));

const difference = (before, after) => {
  const found = {};
  for (const [place, state] of after) {
    if (JSON.stringify(before.get(place)) !== JSON.stringify(state)) {
      found[place] = state;
    }
  }
  for (const place of before.keys()) {
    if (!after.has(place)) {
      found[place] = null;
    }
  }
  return found;
};

const play = (steps) => {
  const session = new Session(form.createInstance());
  let before = stateOf(session);
  const states = [Object.fromEntries(before)];
  for (const step of steps) {
    session.take(step);
    const after = stateOf(session);
    states.push(difference(before, after));
    before = after;
  }
  return states;
};

for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line);
  let answer = {};
  if (wish.load !== undefined) {
    form = await loadForm(readFileSync(wish.load, "utf8"));
    if (form.status === "failure") {
      throw form.error;
    }
  } else {
    answer = { states: play(wish.play) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
