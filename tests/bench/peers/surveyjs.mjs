// SurveyJS for the stopwatch: one wish a line, each answered with the milliseconds that it took.
//
//   {"load": "<path of a model>"}                            {"fill": {name: value}}  not measured
//   {"answers": [{"set": place, "value": value}, ...]}  milliseconds of each
//   {"recompute": true}                                      {"values": [place, ...]}  for a check

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.HRDDP_PEERS, "here.js"));
const { Model } = require("survey-core");
let survey = null;

const PLACE = /^(?<table>[^[]+)\[(?<row>\d+)\]\/(?<name>.+)$/;

const questionAt = (place) => {
  const cell = PLACE.exec(place)?.groups;
  if (cell === undefined) {
    return survey.getQuestionByName(place);
  }
  return survey.getQuestionByName(cell.table).panels[cell.row - 1].getQuestionByName(cell.name);
};

const valueAt = (place) => {
  const cell = PLACE.exec(place)?.groups;
  return cell === undefined ? survey.getVariable(place) ?? survey.getValue(place) : questionAt(place).value;
};

const measured = (action) => {
  const start = performance.now();
  action();
  return { ms: performance.now() - start };
};

const answer = (wish) => {
  if (wish.load !== undefined) {
    const text = readFileSync(wish.load, "utf8");
    return measured(() => {
      survey = new Model(JSON.parse(text));
    });
  }
  if (wish.fill !== undefined) {
    survey.data = wish.fill;
    return {};
  }
  if (wish.values !== undefined) {
    return { values: wish.values.map((place) => valueAt(place) ?? null) };
  }
  if (wish.recompute) {
    return measured(() => survey.runExpressions());
  }
  const answers = wish.answers.map(({ set, value }) => {
    const question = questionAt(set);
    return measured(() => {
      question.value = value;
    });
  });
  return { ms: answers.map(({ ms }) => ms) };
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
