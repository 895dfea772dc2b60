/* The table of this site's cookies: fills in what only a script of the page can tell. */

import "../authcompare/js/panel.js";
import { el, say, shorten } from "../authcompare/js/render.js";
import { seen } from "./stored.js";

async function fillIn() {
  for (const row of document.querySelectorAll("#jar [data-readable=true]")) {
    const found = await seen(row.dataset.cookie);
    const place = row.querySelector(".seen");
    if (!found) {
      place.replaceChildren(el("span.empty", {}, say("nothing")));
      continue;
    }
    const known = found.attributes
      ? el("dl.known", {}, ...Object.entries(found.attributes).map(([name, value]) =>
          el("div", {}, el("dt", {}, name === "Ends" ? say("ends") : name), el("dd", {}, value))))
      : el("small", {}, say("Its attributes this browser tells to no page here."));
    place.replaceChildren(el("p.mono", { title: found.value }, shorten(found.value, 36)), known);
  }
}

document.addEventListener("authcompare:redrawn", fillIn);
await fillIn();
