// Moments and days as a person reads them in their own zone. A moment is milliseconds since
// 1970, UTC; a day is "2026-11-24". Nothing here reads the browser's own zone.

const minute = 60_000;
const locale = 'en-GB';
const formats = new Map();

function format(zone, options, lang = locale) {
  const key = zone + lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(lang, { ...options, timeZone: zone }));
  return formats.get(key);
}

// words writes a moment's parts one after the other, the same in every browser.
const words = (ms, zone, options) => format(zone, options).formatToParts(ms)
  .filter((p) => p.type !== 'literal').map((p) => p.value).join(' ');

// known tells whether the browser has a clock for the zone.
export function known(zone) {
  try {
    format(zone, {});
    return Boolean(zone);
  } catch {
    return false;
  }
}

// place names a zone as people say it; a zone without a clock says that times are UTC.
export function place(zone) {
  if (!known(zone)) return zone ? `${zone} (times in UTC)` : 'zone unknown (times in UTC)';
  return zone.split('/').pop().replaceAll('_', ' ');
}

// usable answers the zone itself, or UTC for one without a clock; place says so aloud.
export const usable = (zone) => (known(zone) ? zone : 'UTC');

// local splits a moment into the day and the minutes since midnight that a wall clock shows.
export function local(ms, zone) {
  const p = {};
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  for (const { type, value } of format(zone, options).formatToParts(ms)) p[type] = value;
  return { day: `${p.year}-${p.month}-${p.day}`, minutes: Number(p.hour) * 60 + Number(p.minute) };
}

// moment is the reverse of local: when a wall clock in the zone shows this day and "HH:MM".
// A time skipped by daylight saving becomes the one an hour later; of a time that happens
// twice it is the first.
export function moment(day, time, zone) {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const offset = (ms) => {
    const l = local(ms, zone);
    return Date.parse(`${l.day}T00:00:00Z`) + l.minutes * minute - Math.floor(ms / minute) * minute;
  };
  const before = wall - offset(wall - 24 * 60 * minute);
  if (before + offset(before) === wall) return before;
  const after = wall - offset(wall + 24 * 60 * minute);
  return after + offset(after) === wall ? after : before;
}

// addDays counts days on the calendar, untouched by clocks.
export function addDays(day, n) {
  return new Date(Date.parse(day + 'T00:00:00Z') + n * 24 * 60 * minute).toISOString().slice(0, 10);
}

// week lists the seven days, Monday first, of the week that holds the day.
export function week(day) {
  const weekday = (new Date(day + 'T00:00:00Z').getUTCDay() + 6) % 7;
  return Array.from({ length: 7 }, (_, i) => addDays(day, i - weekday));
}

// dayName writes a day: dayName(d, {weekday: 'short', day: 'numeric'}).
export const dayName = (day, options) => words(Date.parse(day + 'T12:00:00Z'), 'UTC', options);

export const time = (ms, zone) => format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);

const shortDay = { weekday: 'short', day: 'numeric', month: 'short' };

export const dayTime = (ms, zone) => `${words(ms, zone, shortDay)}, ${time(ms, zone)}`;

// span writes a stretch of time: "Wed 25 Nov, 10:00 to 10:45".
export function span(start, end, zone) {
  const same = local(start, zone).day === local(end, zone).day;
  return `${dayTime(start, zone)} to ${same ? time(end, zone) : dayTime(end, zone)}`;
}

// length writes a duration in minutes or hours.
export function length(ms) {
  const m = Math.round(ms / minute);
  if (m < 60) return `${m} min`;
  return m % 60 ? `${Math.floor(m / 60)} h ${m % 60} min` : `${m / 60} h`;
}

const card = /\{\{(DATE|TIME)\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2}))(?:, ?(COMPACT|SHORT|LONG))?\)\}\}/g;
const shapes = {
  COMPACT: { year: 'numeric', month: 'numeric', day: 'numeric' },
  SHORT: { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' },
  LONG: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
};

// fill writes out the DATE and TIME functions of a card's text as Teams does on the
// reader's device; here the device stands in the person's zone and speaks the card's language.
export function fill(text, zone, lang) {
  const words = !lang || lang === 'en' ? locale : lang;
  return text.replace(card, (whole, what, stamp, shape) => {
    const ms = Date.parse(stamp);
    if (Number.isNaN(ms)) return whole;
    const options = what === 'TIME' ? { hour: '2-digit', minute: '2-digit' } : shapes[shape ?? 'COMPACT'];
    return format(zone, options, words).format(ms);
  });
}
