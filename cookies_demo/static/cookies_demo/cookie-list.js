/* The table of this site's cookies: fills in what only a script of the page can tell. */

import "../authcompare/js/panel.js";
import { element, t, shorten } from "../authcompare/js/render.js";
import { seen } from "./stored.js";

async function fillIn() {
  for (const row of document.querySelectorAll("#jar [data-readable=true]")) {
    const found = await seen(row.dataset.cookie);
    const place = row.querySelector(".seen");
    if (!found) {
      place.replaceChildren(element("span.empty", {}, t("nothing")));
      continue;
    }
    const known = found.attributes
      ? element("dl.known", {}, ...Object.entries(found.attributes).map(([name, value]) =>
          element("div", {}, element("dt", {}, name === "Ends" ? t("ends") : name), element("dd", {}, value))))
      : element("small", {}, t("Its attributes this browser tells to no page here."));
    place.replaceChildren(element("p.mono", { title: found.value }, shorten(found.value, 36)), known);
  }
}

document.addEventListener("authcompare:redrawn", fillIn);
await fillIn();
