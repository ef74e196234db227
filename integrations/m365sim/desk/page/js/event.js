// One event in full: when it is for everybody in it, how to join, what it is about, and the
// answers one can give.
import { h, icon, avatar, toast } from './dom.js';
import { act } from './api.js';
import { body } from './body.js';
import { open } from './card.js';
import { span, length, time, local, moment, usable, place } from './when.js';

const answers = { accepted: 'Accepted', declined: 'Declined', tentative: 'Tentative', tentativelyAccepted: 'Tentative', organizer: 'Organiser' };

// details draws the event. on.close leaves it and on.refresh looks at the tenant again after
// an answer.
export function details(e, view, on) {
  const zone = usable(view.zone);
  const start = Date.parse(e.start);
  const end = Date.parse(e.end);
  const mine = e.response === 'organizer';
  return h('article', { class: 'invite' + (e.ours ? ' ours' : '') },
    h('div', { class: 'invite-top' },
      h('p', { class: 'kicker' }, e.cancelled ? 'Cancelled' : e.ours ? 'Session with rapport' : 'Appointment'),
      on.close ? h('button', { type: 'button', class: 'quiet square', 'aria-label': 'Close', onclick: on.close }, icon('cross')) : null),
    h('h3', { tabindex: '-1', class: e.cancelled ? 'gone' : '' }, e.subject || 'Busy'),
    h('p', { class: 'invite-when' }, span(start, end, zone), h('span', { class: 'soft' }, `${place(view.zone)} time, ${length(end - start)}`)),
    e.ours && e.join && !e.cancelled ? h('button', { type: 'button', class: 'primary wide', onclick: () => open(e.join) }, icon('video'), 'Join in Teams') : null,
    e.ours && !e.cancelled && !mine ? reply(e, view, on) : null,
    e.attendees?.length ? guests(e, view) : null,
    e.body ? h('section', {}, h('h4', {}, 'Agenda'), body(e.body)) : null);
}

function guests(e, view) {
  return h('section', {}, h('h4', {}, 'Who comes'), h('ul', { class: 'guests' }, e.attendees.map((a) => {
    const person = view.people.find((p) => p.id === a.id);
    const zone = person?.zone;
    const there = zone ? `${time(Date.parse(e.start), usable(zone))} in ${place(zone)}` : '';
    const name = a.id === view.who.id ? `${a.name} (you)` : a.name;
    return h('li', {}, avatar({ id: a.id ?? a.name, name: a.name }, 'small'),
      h('span', { class: 'guest' }, h('b', {}, name), h('span', { class: 'soft' }, there)),
      h('span', { class: 'answer ' + (a.response ?? '') }, answers[a.response] ?? 'No answer yet'));
  })));
}

function reply(e, view, on) {
  const says = async (what, said) => {
    box.classList.add('busy');
    try {
      await act({ person: view.who.id, event: e.id, ...what });
      toast(said);
      await on.refresh();
    } catch (err) {
      toast(err.message);
    } finally {
      box.classList.remove('busy');
    }
  };
  const button = (label, verb, state, name) => h('button', { type: 'button', class: 'quiet framed', 'aria-pressed': String(e.response === state || e.response?.startsWith(state)), onclick: () => says({ do: verb }, `${label}: the organiser knows.`) }, icon(name), label);
  const form = propose(e, view, says);
  const toggle = h('button', { type: 'button', class: 'quiet text', 'aria-expanded': 'false', onclick: () => {
    form.hidden = !form.hidden;
    toggle.setAttribute('aria-expanded', String(!form.hidden));
    if (!form.hidden) form.querySelector('input').focus();
  } }, 'Propose a new time');
  const box = h('div', { class: 'reply' },
    h('div', { class: 'row', role: 'group', 'aria-label': 'Your answer' }, button('Accept', 'accept', 'accepted', 'check'), button('Tentative', 'tentative', 'tentative', 'clock'), button('Decline', 'decline', 'declined', 'cross')),
    toggle, form);
  return box;
}

function propose(e, view, says) {
  const zone = usable(view.zone);
  const start = local(Date.parse(e.start), zone);
  const clock = `${String(Math.floor(start.minutes / 60)).padStart(2, '0')}:${String(start.minutes % 60).padStart(2, '0')}`;
  const day = h('input', { type: 'date', value: start.day, required: true });
  const hour = h('input', { type: 'time', value: clock, step: '300', required: true });
  return h('form', { class: 'propose', hidden: true, onsubmit: (ev) => {
    ev.preventDefault();
    const from = moment(day.value, hour.value, zone);
    const to = from + Date.parse(e.end) - Date.parse(e.start);
    says({ do: 'propose', start: new Date(from).toISOString(), end: new Date(to).toISOString() }, `Proposed ${span(from, to, zone)}.`);
  } },
  h('label', {}, 'Day', day), h('label', {}, `Start (${place(view.zone)} time)`, hour),
  h('button', { type: 'submit', class: 'primary' }, 'Send proposal'));
}
