/* The remaining time of a step: "3:40 left", then "0:30 over". */

import { formatDuration, t } from "../../authcompare/js/render.js";

/** Keeps `place` up to date, and returns the interval. `startedAt` is in milliseconds since 1970. */
export function startTimer(place, startedAt, minutes) {
  const draw = () => {
    const left = minutes * 60 - (Date.now() - startedAt) / 1000;
    const time = formatDuration(Math.abs(left));
    place.textContent = left >= 0 ? t("%(time)s left", { time }) : t("%(time)s over", { time });
    place.toggleAttribute("data-over", left < 0);
  };
  draw();
  return setInterval(draw, 1000);
}
