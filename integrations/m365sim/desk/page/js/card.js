// Adaptive cards, drawn by Microsoft's own renderer with Teams' host config.
import { h, toast } from './dom.js';
import { fill, usable } from './when.js';
import { html } from './markdown.js';

const library = () => globalThis.AdaptiveCards;
const configs = {};

// prepare loads the two host configs once; call it before the first draw.
export async function prepare() {
  for (const theme of ['light', 'dark']) {
    configs[theme] = await (await fetch(`/desk/vendor/microsoft-teams-${theme}.json`)).json();
    configs[theme].fontTypes.default.fontFamily = 'inherit'; // the page's font, whatever machine this is
  }
  library().AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = html(text);
    result.didProcess = true;
  };
  mendNumbers(library().NumberInput.prototype);
}

// mendNumbers: renderer 3.0.6 reads an empty number field as NaN, which is never between min
// and max, and so silently refuses a card whose optional number was left out.
function mendNumbers(proto) {
  const { get, set } = Object.getOwnPropertyDescriptor(proto, 'value');
  Object.defineProperty(proto, 'value', { get() {
    const n = get.call(this);
    return Number.isNaN(n) ? undefined : n;
  }, set });
}

const texts = new Set(['text', 'title', 'value', 'label', 'placeholder', 'altText', 'fallbackText', 'errorMessage', 'speak']);

// inZone copies a card with its DATE and TIME functions written out for one reader.
export function inZone(card, zone) {
  const walk = (part, key) => {
    if (typeof part === 'string') return texts.has(key) ? fill(part, usable(zone), card.lang) : part;
    if (Array.isArray(part)) return part.map((p) => walk(p, key));
    if (part === null || typeof part !== 'object' || key === 'data') return part;
    return Object.fromEntries(Object.entries(part).map(([k, v]) => [k, walk(v, k)]));
  };
  return walk(card);
}

// draw answers an element that shows the card. press(data, inputs) is called for Execute and
// Submit and answers a promise; while it runs the card's buttons rest, and what it throws is
// said under the card.
export function draw(card, { zone, theme, press }) {
  const box = h('div', { class: 'card', lang: card.lang });
  const note = h('p', { class: 'card-note', role: 'alert' });
  const ac = new (library().AdaptiveCard)();
  ac.hostConfig = new (library().HostConfig)(configs[theme]);
  ac.onExecuteAction = (action) => execute(action, box, note, press);
  ac.onAnchorClicked = (_, a) => {
    open(a.href);
    return true;
  };
  try {
    ac.parse(inZone(card, zone));
    box.append(ac.render() ?? plain(card));
  } catch {
    box.replaceChildren(plain(card));
  }
  box.append(note);
  return box;
}

// refill copies what was filled in from one drawing of a card to another one of the same card.
export function refill(from, to) {
  const fields = (el) => [...el.querySelectorAll('.card input, .card textarea, .card select')];
  const old = fields(from);
  fields(to).forEach((field, i) => {
    if (/^(radio|checkbox)$/.test(field.type)) field.checked = old[i].checked;
    else field.value = old[i].value;
  });
}

const plain = (card) => h('p', {}, card.fallbackText || 'This card cannot be shown.');

async function execute(action, box, note, press) {
  const kind = action.getJsonTypeName();
  if (kind === 'Action.OpenUrl') return open(action.url);
  if (kind !== 'Action.Execute' && kind !== 'Action.Submit') return;
  const raw = action.toJSON();
  const data = { ...(typeof raw.data === 'object' ? raw.data : {}) };
  if (raw.verb && !data.verb) data.verb = raw.verb;
  const inputs = {};
  for (const [id, input] of Object.entries(action.getReferencedInputs() ?? {})) {
    if (input.isSet()) inputs[id] = String(input.value);
  }
  box.classList.add('busy');
  box.setAttribute('aria-busy', 'true');
  note.textContent = '';
  try {
    await press(data, inputs);
  } catch (err) {
    note.textContent = err.message;
  } finally {
    box.classList.remove('busy');
    box.removeAttribute('aria-busy');
  }
}

// open follows a link only to this machine: elsewhere the pretend company has nothing.
export function open(href) {
  let url;
  try {
    url = new URL(href, location.href);
  } catch {
    return toast('That link is not an address.');
  }
  const here = ['localhost', '127.0.0.1', '[::1]', location.hostname].includes(url.hostname);
  if (here && /^https?:$/.test(url.protocol)) window.open(url.href, '_blank', 'noopener');
  else toast(`A real tenant would open ${url.host || url.protocol} here. The pretend one stays on this machine.`);
}
