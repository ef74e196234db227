// The list of people on the left: search, unread counts, where they are and what time it is
// there.
import { h, avatar } from './dom.js';
import { time, usable, place } from './when.js';

const seen = new Map(); // person id -> the unread count when we last sat in their chair

// people wires the list and its search; show(view) brings it up to date.
export function people() {
  const list = document.getElementById('people');
  const search = document.getElementById('search');
  const nobody = document.getElementById('nobody');
  const rows = new Map(); // person id -> {el, time, badge}
  let view = null;

  search.addEventListener('input', () => view && filter());
  search.addEventListener('keydown', (e) => {
    if (e.key === 'Enter') [...list.children].find((li) => !li.hidden)?.firstChild.click();
    if (e.key === 'ArrowDown') move(e, -1, 1);
  });
  list.addEventListener('keydown', (e) => {
    const links = visible();
    const at = links.indexOf(document.activeElement);
    if (e.key === 'ArrowDown') move(e, at, 1);
    if (e.key === 'ArrowUp') at === 0 ? search.focus() : move(e, at, -1);
  });
  document.addEventListener('keydown', (e) => {
    if (e.key === '/' && !e.target.closest('input, textarea, select')) {
      e.preventDefault();
      search.focus();
    }
  });

  const visible = () => [...list.querySelectorAll('li:not([hidden]) > a')];
  function move(e, at, by) {
    e.preventDefault();
    visible()[at + by]?.focus();
  }

  function show(next) {
    view = next;
    for (const [id, row] of rows) {
      if (!view.people.some((p) => p.id === id)) {
        row.el.remove();
        rows.delete(id);
      }
    }
    for (const p of view.people) {
      if (!rows.has(p.id)) rows.set(p.id, add(p));
      update(rows.get(p.id), p);
    }
    document.getElementById('count').textContent = view.people.length || '';
    filter();
  }

  function add(p) {
    const at = h('time');
    const badge = h('span', { class: 'badge' });
    const link = h('a', {}, avatar(p), h('span', { class: 'person' },
      h('b', {}, p.name), h('span', { class: 'soft' }, p.title ?? ''), h('span', { class: 'there soft' }, at, ` ${place(p.zone)}`)), badge);
    const el = h('li', {}, link);
    list.append(el);
    return { el, link, at, badge };
  }

  function update(row, p) {
    const here = p.id === view.route.person;
    row.link.href = `#person=${encodeURIComponent(p.id)}&tab=${view.route.tab}`;
    if (here) row.link.setAttribute('aria-current', 'page');
    else row.link.removeAttribute('aria-current');
    row.at.textContent = time(view.now, usable(p.zone));
    const n = unread(p, here);
    row.badge.textContent = n > 99 ? '99+' : n || '';
    row.badge.title = n ? `${n} new` : '';
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const p of view.people) {
      const text = `${p.name} ${p.title ?? ''} ${p.zone ?? ''} ${p.mail ?? ''}`.toLowerCase();
      const hit = words.every((w) => text.includes(w));
      rows.get(p.id).el.hidden = !hit;
      if (hit) found++;
    }
    nobody.hidden = found > 0;
  }

  return { show };
}

// unread counts what came since we last sat here; the tenant's own count goes down when it
// knows better.
function unread(p, here) {
  const count = p.unread ?? 0;
  if (here || (seen.get(p.id) ?? 0) > count) seen.set(p.id, count);
  return count - (seen.get(p.id) ?? 0);
}
