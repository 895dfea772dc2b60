/* Narrow screens: tabs show every verdict, and choose the one column to draw. */

import { element } from "../../authcompare/js/render.js";

export function tabs(table, columns) {
  const place = document.getElementById("tabs");
  let shown = 0;

  function draw() {
    place.replaceChildren(...columns.map((column, i) => {
      const verdict = column.verdict.querySelector(".verdict");
      const button = element(
        "button.tab",
        { type: "button", "aria-pressed": String(i === shown), "data-shape": column.verdict.dataset.shape },
        element("span", {}, element("span.shape", { "aria-hidden": "true" }), ` ${column.title}`),
        element("small", { "data-mood": column.verdict.dataset.mood ?? "plain" }, verdict?.textContent ?? "–"),
      );
      button.addEventListener("click", () => {
        shown = i;
        draw();
        place.children[i].focus();
      });
      return button;
    }));
    for (const cell of table.querySelectorAll("[data-door]")) {
      cell.toggleAttribute("data-off", Number(cell.dataset.door) !== shown);
    }
  }

  draw();
  return draw;
}
