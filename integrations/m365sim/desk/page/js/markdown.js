// Teams' small Markdown for cards: bold, italic, links, lists, line breaks. Everything else
// is text; a backslash makes the next sign plain, as cards do with what people wrote.

const entity = /&amp;(#\d{1,6}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);/gi;

const escape = (text) => text
  .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  .replace(entity, '&$1;');

// guard hides escaped signs from the rules below in Unicode's private range; reveal brings
// them back.
const hide = (c) => String.fromCharCode(0xe000 + c.charCodeAt(0));
const guard = (text) => text.replace(/\\([\\`*_{}[\]()#+\-.!~|<>&"':;,?=$%@^/])/g, (_, c) => hide(c));
const reveal = (text) => text.replace(/[\ue000-\ue07f]/g, (c) => escape(String.fromCharCode(c.charCodeAt(0) - 0xe000)));

function inline(text) {
  return escape(text)
    .replace(/\[([^\]]+)\]\(((?:https?:\/\/|mailto:)[^\s()]+)\)/g, (_, label, url) => `<a href="${url.replace(/[*_]/g, hide)}">${label}</a>`)
    .replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])/g, '<em>$1</em>')
    .replace(/(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)/g, '<em>$1</em>');
}

// html turns a card's text into safe HTML.
export function html(text) {
  const out = [];
  let list = null;
  for (const line of guard(text).split(/\r\n|\r|\n/)) {
    const item = /^\s*([-*]|\d+\.)\s+(.*)$/.exec(line);
    if (item) {
      const tag = /\d/.test(item[1]) ? 'ol' : 'ul';
      if (list?.tag !== tag) out.push(list = { tag, items: [], start: parseInt(item[1], 10) || 1 });
      list.items.push(inline(item[2]));
    } else {
      list = null;
      out.push(inline(line));
    }
  }
  return reveal(out.map(block).join(''));
}

function block(part, i, all) {
  if (typeof part !== 'string') {
    const start = part.tag === 'ol' && part.start !== 1 ? ` start="${part.start}"` : '';
    return `<${part.tag}${start}>${part.items.map((t) => `<li>${t}</li>`).join('')}</${part.tag}>`;
  }
  const more = i + 1 < all.length && typeof all[i + 1] === 'string';
  return part + (more ? '<br>' : '');
}
