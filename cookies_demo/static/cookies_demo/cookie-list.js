/* Fills in the column of the cookie table that only a script of the page can know. */

import "../authcompare/js/panel.js";
import { element, shorten, t } from "../authcompare/js/render.js";
import { readStored } from "./stored.js";

async function fillInScriptColumn() {
  for (const row of document.querySelectorAll("#jar [data-readable=true]")) {
    const stored = await readStored(row.dataset.cookie);
    const place = row.querySelector(".seen");
    if (!stored) {
      place.replaceChildren(element("span.empty", {}, t("nothing")));
      continue;
    }
    const attributes = Object.entries(stored.attributes ?? {}).map(([name, value]) =>
      element("div", {}, element("dt", {}, name === "Expires" ? t("expires") : name), element("dd", {}, value)));
    const details = stored.attributes
      ? element("dl.known", {}, ...attributes)
      : element("small", {}, t("This browser hides the attributes from scripts."));
    place.replaceChildren(element("p.mono", { title: stored.value }, shorten(stored.value, 36)), details);
  }
}

document.addEventListener("authcompare:redrawn", fillInScriptColumn);
await fillInScriptColumn();
