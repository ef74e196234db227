// The calendar: a week of day columns in the person's own zone, or one day at a time where
// the window is narrow. Sessions with rapport stand out; everything else is background.
import { h, icon } from './dom.js';
import { pieces, count } from './layout.js';
import { details } from './event.js';
import { local, week, addDays, dayName, time, span, usable, place } from './when.js';

const hour = 52; // pixels, as in calendar.css
const narrow = matchMedia('(max-width: 760px)');

// calendar makes the pane; show(view) brings it up to date, open(id) shows one event.
export function calendar(pane, refresh) {
  const title = h('h2', { class: 'range' });
  const strip = h('div', { class: 'strip', role: 'group', 'aria-label': 'Days' });
  const grid = h('div', { class: 'grid', tabindex: '0', role: 'region', 'aria-label': 'Week' });
  const side = h('aside', { class: 'side', 'aria-label': 'Event', hidden: true });
  const step = (n) => go(addDays(day, narrow.matches ? n : 7 * n));
  pane.append(
    h('div', { class: 'cal-head' },
      h('button', { type: 'button', class: 'quiet', onclick: () => go(today()) }, 'Today'),
      h('button', { type: 'button', class: 'quiet square', 'aria-label': 'Earlier', onclick: () => step(-1) }, icon('back')),
      h('button', { type: 'button', class: 'quiet square', 'aria-label': 'Later', onclick: () => step(1) }, icon('next')),
      title),
    strip, h('div', { class: 'cal-body' }, grid, side));

  let view = null;
  let day = null; // the chosen day
  let chosen = null; // the id of the open event
  let mark = '';
  let past = ''; // the day it was when we last looked
  const today = () => local(view.now, usable(view.zone)).day;

  function go(to) {
    day = to;
    paint();
  }

  function show(next) {
    const fresh = view?.who.id !== next.who.id;
    const follow = !fresh && day === past; // whoever looks at today keeps looking at today
    view = next;
    if (fresh || follow) day = today();
    if (fresh) chosen = null;
    past = today();
    const m = JSON.stringify([view.who, view.zone, day, past, chosen]);
    if (m !== mark) paint();
    else tick();
    mark = m;
    if (fresh) toMorning();
  }

  function paint() {
    const zone = usable(view.zone);
    const events = (view.who.calendar ?? []).filter((e) => e.start && e.end);
    const all = week(day);
    const days = narrow.matches ? [day] : all;
    title.textContent = heading(days);
    const counts = count(events, all, zone);
    strip.replaceChildren(...all.map((d, i) => tab(d, counts[i])));
    const focused = document.activeElement?.dataset?.event;
    const top = grid.scrollTop;
    grid.replaceChildren(...rows(days, events, zone));
    grid.style.setProperty('--days', days.length);
    grid.scrollTop = top;
    if (focused) grid.querySelector(`[data-event="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    tick();
    aside(events);
  }

  function tab(d, n) {
    return h('button', { type: 'button', class: 'strip-day', 'aria-pressed': String(d === day), 'aria-label': `${dayName(d, { weekday: 'long', day: 'numeric', month: 'long' })}, ${n} events`, onclick: () => go(d) },
      h('span', {}, dayName(d, { weekday: 'narrow' })), h('b', { class: d === past ? 'today' : '' }, dayName(d, { day: 'numeric' })), h('i', { class: n ? 'some' : '' }));
  }

  function rows(days, events, zone) {
    const cut = days.map((d) => pieces(events, d, zone));
    const head = h('div', { class: 'heads' }, h('span', { class: 'corner', title: 'Times are in this zone' }, place(view.zone)), days.map((d, i) =>
      h('div', { class: 'head' + (d === past ? ' today' : '') },
        h('span', {}, dayName(d, { weekday: 'short' })), h('b', {}, dayName(d, { day: 'numeric' })),
        cut[i].allDay.map((e) => entry(e, zone, {})))));
    const hours = h('div', { class: 'hours', 'aria-hidden': 'true' }, Array.from({ length: 23 }, (_, i) => {
      const el = h('span', {}, String(i + 1).padStart(2, '0') + ':00');
      el.style.top = `${(i + 1) * hour}px`;
      return el;
    }));
    const columns = days.map((d, i) => {
      const weekend = [0, 6].includes(new Date(d + 'T00:00:00Z').getUTCDay());
      return h('div', { class: 'column' + (weekend ? ' weekend' : ''), 'data-day': d, role: 'group', 'aria-label': dayName(d, { weekday: 'long', day: 'numeric', month: 'long' }) },
        cut[i].timed.map((p) => entry(p.event, zone, p)));
    });
    return [head, h('div', { class: 'days' }, hours, columns)];
  }

  function entry(e, zone, piece) {
    const start = Date.parse(e.start);
    const height = piece.to - piece.from;
    const size = height < 25 ? ' tiny' : height < 45 ? ' short' : height < 75 ? ' medium' : '';
    const state = e.cancelled ? 'cancelled' : e.response === 'declined' ? 'declined' : e.response === 'accepted' || e.response === 'organizer' ? 'firm' : 'open';
    const el = h('button', { type: 'button', class: `event ${e.ours ? 'ours' : 'other'} ${state} is-${e.status ?? 'busy'}${size}${e.id === chosen ? ' chosen' : ''}`,
      'data-event': e.id, 'aria-label': `${e.subject}, ${span(start, Date.parse(e.end), zone)}${said(e)}`, onclick: () => pick(e.id) },
      h('span', { class: 'subject' }, e.subject || 'Busy'),
      piece.from === undefined ? null : h('span', { class: 'at' }, e.ours && e.join && !e.cancelled ? icon('video') : null, time(start, zone)));
    if (piece.from !== undefined) {
      el.style.top = `${(piece.from / 60) * hour}px`;
      el.style.height = `${((piece.to - piece.from) / 60) * hour - 2}px`;
      el.style.left = `calc(${(piece.lane / piece.lanes) * 100}% + 2px)`;
      el.style.width = `calc(${100 / piece.lanes}% - 6px)`;
    }
    return el;
  }

  // tick moves the line that marks the present moment.
  function tick() {
    grid.querySelector('.now')?.remove();
    const l = local(view.now, usable(view.zone));
    const column = grid.querySelector(`[data-day="${l.day}"]`);
    if (!column) return;
    const line = h('div', { class: 'now', 'aria-hidden': 'true' });
    line.style.top = `${(l.minutes / 60) * hour}px`;
    column.append(line);
  }

  function pick(id) {
    chosen = id;
    paint();
    side.querySelector('h3')?.focus();
  }

  function close() {
    const id = chosen;
    chosen = null;
    paint();
    grid.querySelector(`[data-event="${CSS.escape(id)}"]`)?.focus();
  }

  let drawn = '';
  function aside(events) {
    const e = events.find((x) => x.id === chosen);
    const m = JSON.stringify([e, view.zone, view.who.id]);
    side.hidden = !e;
    if (!e) side.replaceChildren();
    else if (m !== drawn || !side.firstChild) side.replaceChildren(details(e, view, { close, refresh }));
    drawn = m;
  }

  function open(id) {
    const e = (view?.who.calendar ?? []).find((x) => x.id === id);
    if (!e) return;
    day = local(Date.parse(e.start), usable(view.zone)).day;
    chosen = id;
    paint();
    grid.scrollTop = Math.max(0, (local(Date.parse(e.start), usable(view.zone)).minutes / 60 - 1.5) * hour);
    side.querySelector('h3')?.focus();
  }

  const toMorning = () => { grid.scrollTop = 7.6 * hour; };
  pane.addEventListener('keydown', (e) => { if (e.key === 'Escape' && chosen) close(); });
  narrow.addEventListener('change', () => view && paint());
  return { show, open, toMorning };
}

function heading(days) {
  const last = days[days.length - 1];
  const full = { day: 'numeric', month: 'long', year: 'numeric' };
  if (days.length === 1) return dayName(last, { weekday: 'long', day: 'numeric', month: 'long' });
  const same = days[0].slice(0, 7) === last.slice(0, 7);
  return `${dayName(days[0], same ? { day: 'numeric' } : { day: 'numeric', month: 'long' })} to ${dayName(last, full)}`;
}

const said = (e) => (e.cancelled ? ', cancelled' : e.response && e.response !== 'none' ? ', ' + e.response : '');
