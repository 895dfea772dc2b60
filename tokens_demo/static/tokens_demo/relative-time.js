/* Moments in words: "4 minutes ago", "in 55 seconds". */

const language = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const absolute = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** How far a moment, in seconds since 1970, is from `now`. */
export function ago(moment, now) {
  const seconds = Math.round(moment - now);
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? UNITS.at(-1);
  return relative.format(Math.trunc(seconds / length), unit);
}

export const date = (moment) => absolute.format(new Date(moment * 1000));
