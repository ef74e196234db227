// The virtual clock at the top of the page: what time it is, and, where it can be
// controlled, run, pause and steps.
import { h, icon, toast } from './dom.js';
import { clock as ask } from './api.js';
import { dayTime, usable, place } from './when.js';

// clock fills the header's clock; show(view) brings it up to date and now() answers the
// present virtual moment in milliseconds.
export function clock(el, refresh) {
  const text = h('span', { class: 'clock-time' });
  const where = h('span', { class: 'clock-zone' });
  const dot = h('span', { class: 'dot' });
  const buttons = h('div', { class: 'clock-buttons' });
  el.append(h('div', { class: 'clock-face' }, dot, h('div', {}, text, where)), buttons);

  let last = null; // {now, running, speed, control} and the wall time we read it at
  let zone = 'UTC';
  let next = null; // the coming session, or event, of the person sitting here

  const now = () => last && last.at + (last.running ? (performance.now() - last.read) * last.speed : 0);

  function take(answer) {
    last = { ...answer, at: Date.parse(answer.now), read: performance.now(), speed: answer.speed || 1 };
    paint();
  }

  async function change(what) {
    el.classList.add('busy');
    try {
      take(await ask(what));
      await refresh();
    } catch (err) {
      toast(err.message);
    } finally {
      el.classList.remove('busy');
      paint();
    }
  }

  const run = h('button', { type: 'button', class: 'quiet', onclick: () => change({ running: !last.running }) });
  const step = (label, by) => h('button', { type: 'button', class: 'quiet', 'aria-label': `Step ${label}`, onclick: () => change({ step: by }) }, '+ ' + label);
  const skip = h('button', { type: 'button', class: 'quiet', onclick: () => change({ to: new Date(next.at).toISOString() }) });
  buttons.append(run, step('1 hour', '1h'), step('1 day', '24h'), skip);

  let drawn = null;
  function paint() {
    if (!last) return;
    text.textContent = dayTime(now(), usable(zone));
    where.textContent = last.running ? `${place(zone)}, ${pace(last.speed)}` : `${place(zone)}, paused`;
    dot.classList.toggle('running', last.running);
    buttons.hidden = !last.control;
    if (drawn !== last.running) {
      run.replaceChildren(icon(last.running ? 'pause' : 'play'), last.running ? 'Pause' : 'Run');
      drawn = last.running;
    }
    const label = next?.ours ? 'Next session' : 'Next event';
    if (skip.textContent !== label) skip.replaceChildren(icon('skip'), label);
    skip.disabled = !next || el.classList.contains('busy');
    skip.title = next ? dayTime(next.at, usable(zone)) : 'Nothing is planned for this person';
  }

  function show(view) {
    zone = view.zone ?? 'UTC';
    next = view.who ? coming(view.who.calendar ?? [], now() ?? view.now) : null;
    paint();
  }

  async function look() {
    take(await ask());
  }

  setInterval(() => { if (last?.running) paint(); }, 500);
  return { show, look, now };
}

// coming finds the next session with rapport, or else the next event of any kind.
export function coming(calendar, now) {
  const ahead = calendar.filter((e) => !e.cancelled && e.response !== 'declined' && Date.parse(e.start) > now)
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const e = ahead.find((x) => x.ours) ?? ahead[0];
  return e ? { at: Date.parse(e.start), ours: Boolean(e.ours) } : null;
}

// pace says how fast virtual time runs.
export function pace(speed) {
  if (speed === 1) return 'real time';
  if (speed >= 3600) return `${Math.round(speed / 3600)} h a second`;
  if (speed >= 60) return `${Math.round(speed / 60)} min a second`;
  return `${Math.round(speed)} times real time`;
}
