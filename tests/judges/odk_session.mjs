// One record in ODK's engine, its nodes by place: "name", or "table[n]/name" with n from 1.

/** A table to which rows can be added; of one whose rows the form makes the number of rows is worked out. */
export const isTable = (node) => node.nodeType === "repeat-range:uncontrolled";
export const isMade = (node) => node.nodeType === "repeat-range:controlled";
export const isRow = (node) => node.nodeType === "repeat-instance";

export const placeOf = (node) => {
  const steps = node.currentState.reference.split("/").slice(2);
  const row = steps.findIndex((step) => step.endsWith("]"));
  return row < 0 || row === steps.length - 1 ? steps.at(-1) : `${steps[row]}/${steps.at(-1)}`;
};

/** Every node below one: leaves, groups, rows and tables. */
export function* nodesBelow(node) {
  for (const child of node.currentState.children ?? []) {
    yield child;
    yield* nodesBelow(child);
  }
}

/** A record without answers and, unlike ODK's own beginning, without rows. */
export class Session {
  constructor(instance) {
    this.root = instance.root;
    for (const table of [...nodesBelow(this.root)].filter(isTable)) {
      table.removeInstances(0, table.currentState.children.length);
    }
    this.makesRows = [...nodesBelow(this.root)].some(isMade);
    this.find();
  }

  find() {
    this.nodes = new Map();
    for (const node of nodesBelow(this.root)) {
      if (!isRow(node)) {
        this.nodes.set(placeOf(node), node);
      }
    }
  }

  /** {"set": place, "value": text}, {"add": table} or {"remove": table, "index": n from 0}. */
  take(step) {
    if (step.set !== undefined) {
      this.answer(step.set, step.value);
      if (this.makesRows) {
        this.find();
      }
      return;
    }
    const table = this.nodes.get(step.add ?? step.remove);
    if (step.remove !== undefined) {
      table.removeInstances(step.index, 1);
    } else {
      table.addInstances(table.currentState.children.length - 1, 1);
    }
    this.find();
  }

  answer(place, text) {
    const node = this.nodes.get(place);
    switch (node.nodeType) {
      case "select":
        node.selectValues(text === "" ? [] : text.split(" "));
        break;
      case "trigger":
        node.setValue(text !== "");
        break;
      default:
        node.setValue(text);
    }
  }
}
