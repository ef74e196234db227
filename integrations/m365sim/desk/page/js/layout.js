// Where events go in a day column, in the reader's own wall-clock time. Pure.
import { local } from './when.js';

const whole = 24 * 60;
const least = 20; // minutes of height, or a short event could not be read

// pieces cuts the events into what falls on one day: {event, from, to} in minutes since
// midnight, and the ones that cover the whole day.
export function pieces(events, day, zone) {
  const timed = [];
  const allDay = [];
  for (const event of events) {
    const start = local(Date.parse(event.start), zone);
    const end = local(Date.parse(event.end), zone);
    if (start.day > day || end.day < day || (end.day === day && end.minutes === 0 && start.day !== day)) continue;
    const from = start.day < day ? 0 : start.minutes;
    const to = end.day > day ? whole : end.minutes;
    if (from === 0 && to === whole) allDay.push(event);
    else timed.push({ event, from, to: Math.min(whole, Math.max(to, from + least)) });
  }
  return { timed: lanes(timed), allDay };
}

// lanes puts pieces that overlap side by side: each gets a lane and the number of lanes of
// its cluster.
function lanes(timed) {
  timed.sort((a, b) => a.from - b.from || b.to - a.to);
  let cluster = [];
  let ends = [];
  const close = () => {
    for (const p of cluster) p.lanes = ends.length;
    cluster = [];
    ends = [];
  };
  for (const p of timed) {
    if (ends.every((end) => end <= p.from)) close();
    const free = ends.findIndex((end) => end <= p.from);
    p.lane = free === -1 ? ends.length : free;
    ends[p.lane] = p.to;
    cluster.push(p);
  }
  close();
  return timed;
}

// count tells how many events touch each day of a list.
export function count(events, days, zone) {
  return days.map((d) => {
    const p = pieces(events, d, zone);
    return p.timed.length + p.allDay.length;
  });
}
