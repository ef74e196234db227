// The body of an invite or a mail, which may be plain text or HTML. HTML is read into a
// document that runs and loads nothing, and only harmless elements are copied out of it.
import { h } from './dom.js';

const kept = new Set(['P', 'BR', 'B', 'STRONG', 'I', 'EM', 'UL', 'OL', 'LI', 'H1', 'H2', 'H3', 'H4', 'BLOCKQUOTE', 'HR', 'TABLE', 'TBODY', 'TR', 'TD', 'TH']);
const dropped = new Set(['SCRIPT', 'STYLE', 'HEAD', 'TITLE', 'IFRAME', 'OBJECT', 'TEMPLATE', 'SVG']);
const heading = { H1: 'h4', H2: 'h4', H3: 'h4', H4: 'h4' };

// body draws the text; the element is ready to be put on the page.
export function body(text) {
  const box = h('div', { class: 'body' });
  if (/<\/?[a-z][^>]*>/i.test(text)) box.append(...copy(new DOMParser().parseFromString(text, 'text/html').body));
  else for (const part of text.trim().split(/\n{2,}/)) box.append(paragraph(part));
  return box;
}

function paragraph(text) {
  const lines = text.split('\n');
  return h('p', {}, lines.flatMap((line, i) => [...links(line), i + 1 < lines.length ? h('br') : null]));
}

function links(line) {
  return line.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) => (i % 2 ? link(part, part) : part));
}

// link opens elsewhere, without telling the other side where it came from.
export const link = (href, ...children) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);

function copy(from) {
  const out = [];
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) out.push(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const name = node.tagName.toUpperCase();
    if (dropped.has(name)) continue;
    if (name === 'A' && /^(https?|mailto):/.test(node.href)) out.push(link(node.href, ...copy(node)));
    else if (name === 'DIV') out.push(h('div', {}, ...copy(node)));
    else if (kept.has(name)) out.push(h(heading[name] ?? name.toLowerCase(), {}, ...copy(node)));
    else out.push(...copy(node));
  }
  return out;
}
