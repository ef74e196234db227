// The mailbox: invites and notices, newest first, and one of them open beside the list.
import { h, icon, avatar } from './dom.js';
import { body } from './body.js';
import { local, dayName, time, dayTime, usable } from './when.js';

// mail makes the pane; show(view) brings it up to date. toEvent(id) opens the calendar.
export function mail(pane, toEvent) {
  const list = h('ul', { class: 'letters', 'aria-label': 'Mail' });
  const reader = h('article', { class: 'reader', tabindex: '-1' });
  pane.append(list, reader);
  let view = null;
  let chosen = null;
  let mark = '';

  function show(next) {
    if (view?.who.id !== next.who.id) chosen = null;
    view = next;
    const m = JSON.stringify([view.who.id, view.who.mail, view.zone, chosen]);
    if (m !== mark) paint();
    mark = m;
  }

  function paint() {
    const letters = [...(view.who.mail ?? [])].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
    const open = letters.find((m) => m.id === chosen);
    list.replaceChildren(...letters.map(line));
    if (!letters.length) list.append(h('li', { class: 'empty' }, 'No mail yet.'));
    pane.classList.toggle('reading', Boolean(open));
    reader.replaceChildren(...(open ? letter(open) : [h('p', { class: 'empty' }, letters.length ? 'Pick a mail to read it.' : 'Invites and notices arrive here.')]));
  }

  function line(m) {
    const from = sender(m);
    return h('li', {}, h('button', { type: 'button', class: 'letter', 'aria-current': m.id === chosen ? 'true' : false, onclick: () => pick(m.id) },
      avatar(from, 'small bot'),
      h('span', { class: 'letter-text' },
        h('span', { class: 'letter-from' }, h('b', {}, from.name), h('time', { datetime: m.at }, stamp(Date.parse(m.at)))),
        h('span', { class: 'letter-subject' }, m.subject),
        h('span', { class: 'letter-start soft' }, preview(m.text ?? '')))));
  }

  function letter(m) {
    const zone = usable(view.zone);
    return [
      h('button', { type: 'button', class: 'quiet back', onclick: () => pick(null) }, icon('back'), 'All mail'),
      h('h3', {}, m.subject),
      h('p', { class: 'soft' }, `From ${sender(m).name}, ${dayTime(Date.parse(m.at), zone)}`),
      m.event ? h('button', { type: 'button', class: 'quiet framed', onclick: () => toEvent(m.event) }, icon('clock'), 'Open in the calendar') : null,
      body(m.text ?? ''),
    ].filter(Boolean);
  }

  function pick(id) {
    chosen = id;
    mark = JSON.stringify([view.who.id, view.who.mail, view.zone, chosen]);
    paint();
    if (id) reader.focus();
  }

  // stamp is the time for a mail of today and the day for an older one.
  function stamp(ms) {
    const zone = usable(view.zone);
    const day = local(ms, zone).day;
    return day === local(view.now, zone).day ? time(ms, zone) : dayName(day, { day: 'numeric', month: 'short' });
  }

  return { show };
}

const sender = (m) => ({ id: String(m.from ?? ''), name: String(m.from ?? '').replace(/\s*<.*>$/, '') || 'Unknown sender' });

// preview is the beginning of a mail as one line of text.
function preview(text) {
  const walk = document.createTreeWalker(body(text), NodeFilter.SHOW_TEXT);
  const words = [];
  while (walk.nextNode()) words.push(walk.currentNode.data);
  return words.join(' ').replace(/\s+/g, ' ').trim().slice(0, 140);
}
