/* How much time is left, in words that do not hurry: 3:40 left, 0:30 over. */

import { clock, say } from "../../authcompare/js/render.js";

/** Keeps `place` up to date. `began` is when it began (milliseconds since 1970), `minutes` how long it may last. */
export function timer(place, began, minutes) {
  const draw = () => {
    const left = minutes * 60 - (Date.now() - began) / 1000;
    place.textContent = left >= 0 ? say("%(time)s left", { time: clock(left) }) : say("%(time)s over", { time: clock(-left) });
    place.toggleAttribute("data-over", left < 0);
  };
  draw();
  return setInterval(draw, 1000);
}
