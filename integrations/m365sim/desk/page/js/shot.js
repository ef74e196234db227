// One card beside its calendar invite, for pictures: /desk/shot#person=ID, and if wanted
// &activity=ID (else the newest card), &event=ID (else the first session ahead) and
// &theme=light|dark. Buttons do nothing here.
import { h, avatar } from './dom.js';
import { state } from './api.js';
import { prepare, draw } from './card.js';
import { details } from './event.js';
import { time, usable } from './when.js';

const q = new URLSearchParams(location.hash.slice(1));
const theme = q.get('theme') === 'dark' ? 'dark' : 'light';

async function show() {
  document.documentElement.dataset.theme = theme;
  await prepare();
  const { now, people, person: who } = await state(q.get('person') ?? '');
  const zone = people.find((p) => p.id === who?.id)?.zone;
  const cards = (who?.chat ?? []).filter((m) => m.card);
  const message = cards.find((m) => m.id === q.get('activity')) ?? cards.at(-1);
  const ours = (who?.calendar ?? []).filter((e) => e.ours && !e.cancelled);
  const event = ours.find((e) => e.id === q.get('event')) ?? ours.find((e) => Date.parse(e.end) > Date.parse(now)) ?? ours.at(-1);
  if (!message || !event) throw new Error('There is no card or no session for this person yet.');
  const idle = async () => {};
  document.getElementById('shot').replaceChildren(
    h('section', {}, h('h2', {}, 'In Teams'), h('div', { class: 'message theirs' }, avatar({ id: 'rapport', name: 'rapport' }, 'small bot'),
      h('div', { class: 'content' }, h('p', { class: 'meta' }, h('span', { class: 'author' }, 'rapport'), h('time', {}, time(Date.parse(message.at), usable(zone)))),
        draw(message.card, { zone, theme, press: idle })))),
    h('section', {}, h('h2', {}, 'In the calendar'), details(event, { who, zone, people }, { refresh: idle })));
  document.body.dataset.ready = 'true';
}

show().catch((err) => document.getElementById('shot').replaceChildren(h('p', {}, err.message)));
