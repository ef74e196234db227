// The Teams-like chat with rapport. Messages are kept by id and redrawn only when they
// changed, so that a half-filled card is never lost to the next look at the tenant.
import { h, icon, avatar, toast } from './dom.js';
import { act } from './api.js';
import { draw, refill } from './card.js';
import { local, dayName, time, dayTime, usable } from './when.js';

const rapport = { id: 'rapport', name: 'rapport' };
const typed = ['pause', 'resume', 'leave', 'what do you know about me?', 'forget me'];

// chat makes the pane; show(view) brings it up to date.
export function chat(pane, refresh) {
  const log = h('div', { class: 'log', role: 'log', 'aria-label': 'Chat with rapport', tabindex: '0' });
  const box = h('textarea', { id: 'say', rows: '1', placeholder: 'Type to rapport', maxlength: '2000' });
  const form = h('form', { class: 'composer' },
    h('div', { class: 'hints', role: 'group', 'aria-label': 'Things one can type' }, typed.map((t) =>
      h('button', { type: 'button', class: 'chip', onclick: () => { box.value = t; box.focus(); } }, t))),
    h('div', { class: 'line' },
      h('label', { for: 'say', class: 'unseen' }, 'Type to rapport'), box,
      h('button', { type: 'submit', class: 'primary square', 'aria-label': 'Send' }, icon('send'))));
  pane.append(log, form);

  let person = null;
  let shown = new Map(); // message id -> {mark, words, el}
  const replaced = new Map(); // message id -> {from, card}: replacements the tenant has not shown yet

  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = '';
    try {
      await act({ person, do: 'say', text });
    } catch (err) {
      box.value = text;
      toast(err.message);
    }
    await refresh();
    log.scrollTop = log.scrollHeight;
  });
  box.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      form.requestSubmit();
    }
  });

  async function press(message, data, inputs) {
    const answer = await act({ person, do: 'press', activity: message.id, data, inputs });
    if (answer.card) replaced.set(message.id, { from: JSON.stringify(message.card), card: answer.card });
    if (answer.text) toast(answer.text);
    await refresh();
  }

  function current(message) {
    const r = replaced.get(message.id);
    if (!r) return message.card;
    if (r.from === JSON.stringify(message.card)) return r.card;
    replaced.delete(message.id);
    return message.card;
  }

  function show({ who, zone, theme }) {
    const fresh = person !== who.id;
    if (fresh) {
      person = who.id;
      shown = new Map();
      box.value = '';
    }
    const low = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const next = new Map();
    const parts = [];
    let day = '';
    for (const m of [...(who.chat ?? [])].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
      const l = local(Date.parse(m.at), usable(zone)).day;
      if (l !== day) parts.push(keep(next, 'day ' + l, l, () => separator(l)));
      day = l;
      const card = m.card ? current(m) : null;
      const words = JSON.stringify([m, card]);
      parts.push(keep(next, m.id, words + zone + theme, () => bubble(m, card, who, zone, theme), words));
    }
    const grown = next.size > shown.size;
    if (parts.length === 0) parts.push(keep(next, 'none', '', nothing));
    settle(parts);
    shown = next;
    if (fresh || (low && grown)) toLast();
  }

  // keep answers the element as it is, or a new one. Where only the look or the zone changed,
  // the new one is filled in as the old one was: nightfall takes nothing from anybody.
  function keep(next, id, mark, make, words) {
    const old = shown.get(id);
    const entry = old && old.mark === mark ? old : { mark, words, el: make() };
    if (entry !== old && words && old?.words === words) refill(old.el, entry.el);
    next.set(id, entry);
    return entry.el;
  }

  // settle moves as little as possible, because a moved field loses its focus.
  function settle(parts) {
    const wanted = new Set(parts);
    for (const el of [...log.children]) if (!wanted.has(el)) el.remove();
    parts.forEach((el, i) => { if (log.children[i] !== el) log.insertBefore(el, log.children[i] ?? null); });
  }

  // toLast shows the newest message from its first line on.
  function toLast() {
    const last = log.lastElementChild;
    if (last) log.scrollTop = Math.min(log.scrollHeight, last.offsetTop - 24);
  }

  function bubble(m, card, who, zone, theme) {
    const mine = m.from === 'me';
    const author = mine ? who : rapport;
    const at = Date.parse(m.at);
    return h('article', { class: 'message ' + (mine ? 'mine' : 'theirs'), 'data-id': m.id },
      mine ? null : avatar(author, 'small bot'),
      h('div', { class: 'content' },
        h('p', { class: 'meta' }, h('span', { class: 'author' }, mine ? 'You' : author.name),
          h('time', { datetime: m.at, title: dayTime(at, usable(zone)) }, time(at, usable(zone))), m.updated ? h('span', {}, 'Edited') : null),
        m.text ? h('p', { class: 'text' }, m.text) : null,
        card ? draw(card, { zone, theme, press: (data, inputs) => press(m, data, inputs) }) : null));
  }

  return { show, toLast };
}

const separator = (day) => h('h3', { class: 'day' }, dayName(day, { weekday: 'long', day: 'numeric', month: 'long' }));

const nothing = () => h('p', { class: 'empty' }, 'No messages yet. rapport writes here when it has something to say.');
