// The desk: keeps the page and the simulated tenant in step, and the address in step with
// what is open: #person=ID&tab=chat|calendar|mail&event=ID.
import { h, icon, avatar, toast } from './dom.js';
import { state } from './api.js';
import { prepare } from './card.js';
import { people } from './people.js';
import { calendar } from './calendar.js';
import { chat } from './chat.js';
import { mail } from './mail.js';
import { clock } from './clock.js';
import { theme } from './theme.js';
import { time, usable, place } from './when.js';

const $ = (id) => document.getElementById(id);
const tabs = ['chat', 'calendar', 'mail'];
const pause = 1500; // milliseconds between two looks at the tenant

let last = null; // the tenant's last answer
let asked = 0;

function route() {
  const q = new URLSearchParams(location.hash.slice(1));
  return { person: q.get('person') ?? '', tab: tabs.includes(q.get('tab')) ? q.get('tab') : 'chat', event: q.get('event') };
}

function to(change) {
  const r = { ...route(), event: null, ...change };
  location.hash = `person=${encodeURIComponent(r.person)}&tab=${r.tab}` + (r.event ? `&event=${encodeURIComponent(r.event)}` : '');
}

const tone = theme($('theme'), () => paint());
const list = people();
const time0 = clock($('clock'), refresh);
const panes = {
  chat: chat($('pane-chat'), refresh),
  calendar: calendar($('pane-calendar'), refresh),
  mail: mail($('pane-mail'), (event) => to({ tab: 'calendar', event })),
};

// refresh looks at the tenant and paints; an answer overtaken by a later question is dropped.
async function refresh() {
  const mine = ++asked;
  const person = route().person;
  const answer = await state(person).catch((err) => err);
  if (mine !== asked) return;
  if (answer instanceof Error) return trouble(answer, person);
  last = { ...answer, asked: person };
  $('banner').hidden = true;
  paint();
}

// trouble says what went wrong; a stranger in the address leads back to the list.
function trouble(err, person) {
  if (err.status === 404 && person) {
    toast(err.message);
    return to({ person: '' });
  }
  const text = err.message + ' Trying again.';
  if ($('banner').textContent !== text) $('banner').textContent = text;
  $('banner').hidden = false;
}

function paint() {
  if (!last) return;
  const r = route();
  const now = time0.now() ?? Date.parse(last.now);
  const who = last.person && last.asked === r.person ? last.person : null;
  const person = last.people.find((p) => p.id === r.person);
  const view = { route: r, now, people: last.people, who, zone: person?.zone, theme: tone.now() };
  list.show(view);
  time0.show(view);
  $('frame').classList.toggle('sitting', Boolean(r.person));
  $('welcome').hidden = Boolean(who && person);
  $('desk').hidden = !(who && person);
  if (!who || !person) return;
  document.title = `${person.name}, rapport desk`;
  header(person, now);
  for (const t of tabs) {
    const on = t === r.tab;
    $('pane-' + t).hidden = !on;
    $('tab-' + t).setAttribute('aria-selected', String(on));
    $('tab-' + t).tabIndex = on ? 0 : -1;
  }
  panes[r.tab].show(view);
  arrive(r);
}

// arrive does what must happen once after moving to another person, tab or event.
let place0 = '';
function arrive(r) {
  const here = location.hash;
  if (here === place0) return;
  place0 = here;
  if (r.tab === 'chat') panes.chat.toLast();
  if (r.tab === 'calendar') r.event ? panes.calendar.open(r.event) : panes.calendar.toMorning();
}

let headed = '';
function header(person, now) {
  const there = `${time(now, usable(person.zone))} in ${place(person.zone)}`;
  const mark = person.id + there;
  if (mark === headed) return;
  headed = mark;
  const back = h('button', { type: 'button', class: 'quiet square back', 'aria-label': 'All people', onclick: () => to({ person: '' }) }, icon('back'));
  $('who').replaceChildren(back, avatar(person, 'large'), h('div', {},
    h('h1', {}, person.name), h('p', { class: 'soft' }, [person.title, there].filter(Boolean).join(' · '))));
}

for (const t of tabs) $('tab-' + t).addEventListener('click', () => to({ tab: t }));
$('tabs').addEventListener('keydown', (e) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!by) return;
  const next = tabs[(tabs.indexOf(route().tab) + by + tabs.length) % tabs.length];
  to({ tab: next });
  $('tab-' + next).focus();
});
addEventListener('hashchange', () => {
  paint();
  refresh();
});

async function loop() {
  if (!document.hidden) {
    await time0.look().catch(() => {}); // the banner speaks for the state below
    await refresh();
  }
  setTimeout(loop, pause);
}

prepare().then(loop, () => toast('The card renderer could not be loaded.'));
