// Small helpers that build elements. Text only ever enters the page as text nodes.

// h builds an element: h('p', {class: 'note', onclick: go}, 'text', child).
// Names starting with "on" become listeners; false, null and undefined are left out.
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'class') el.className = value;
    else if (name === 'value') el.value = value;
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

const paths = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M8.5 5v14M15.5 5v14',
  skip: 'M6 5.5v13l9-6.5zM18.5 5v14',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  video: 'M4 7.5h10a1 1 0 011 1v7a1 1 0 01-1 1H4a1 1 0 01-1-1v-7a1 1 0 011-1zM15 11l5.5-3v8L15 13',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  clock: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.5l3 2',
  send: 'M4 12l16-7.5-5.5 15.5-3-6.5zM11.5 13.5L20 4.5',
  mail: 'M4 6.5h16v11H4zM4.5 7l7.5 6 7.5-6',
};

// icon draws one of the few line icons; it says nothing to a screen reader.
export function icon(name) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon icon-' + name);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}

// avatar draws a person's initials on one of eight calm colours, always the same for an id.
export function avatar(person, size = '') {
  const words = person.name.split(/\s+/).filter(Boolean);
  const initials = (words[0]?.[0] ?? '?') + (words.length > 1 ? words[words.length - 1][0] : '');
  let sum = 0;
  for (const c of person.id) sum = (sum * 31 + c.codePointAt(0)) >>> 0;
  return h('span', { class: `avatar ${size} hue-${sum % 8}`, 'aria-hidden': 'true' }, initials.toUpperCase());
}

// toast says one sentence at the bottom of the page for a few seconds.
let quiet;
export function toast(text) {
  const el = document.getElementById('toast');
  if (!el) return;
  el.textContent = text;
  el.classList.add('shown');
  clearTimeout(quiet);
  quiet = setTimeout(() => el.classList.remove('shown'), 6000);
}
