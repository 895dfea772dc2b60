/* How much time is left, in words that do not hurry: 3:40 left, 0:30 over. */

import { formatDuration, t } from "../../authcompare/js/render.js";

/** Keeps `place` up to date. `began` is when it began (milliseconds since 1970), `minutes` how long it may last. */
export function timer(place, began, minutes) {
  const draw = () => {
    const left = minutes * 60 - (Date.now() - began) / 1000;
    place.textContent = left >= 0 ? t("%(time)s left", { time: formatDuration(left) }) : t("%(time)s over", { time: formatDuration(-left) });
    place.toggleAttribute("data-over", left < 0);
  };
  draw();
  return setInterval(draw, 1000);
}
