// ODK's engine outside a browser: it asks for a document object model and for two names that a bundler leaves in it.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const NAMES = [
  "Attr", "CDATASection", "CharacterData", "Comment", "Document", "DocumentType", "DOMParser", "Element", "HTMLElement",
  "Node", "NodeFilter", "ProcessingInstruction", "Text", "XMLDocument", "XMLSerializer", "XPathResult",
];

/** A clock that stands still at HRDDP_NOW, so that today() is the same day on both sides. */
const stopClock = (now) => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      super(...(parts.length === 0 ? [now] : parts));
    }

    static now() {
      return now;
    }
  };
};

/** What the engine exports; `folder` holds the node_modules that npm installed. */
export const engine = async (folder) => {
  const require = createRequire(join(folder, "here.js"));
  const { JSDOM } = require("jsdom");
  const { window } = new JSDOM("");
  globalThis.window = window;
  globalThis.document = window.document;
  for (const name of NAMES) {
    if (name in window) {
      globalThis[name] = window[name];
    }
  }
  if (Number(process.env.HRDDP_NOW)) {
    stopClock(Number(process.env.HRDDP_NOW));
  }
  globalThis.__dirname = folder;
  globalThis.require = require;
  return import(pathToFileURL(require.resolve("@getodk/xforms-engine")).href);
};
