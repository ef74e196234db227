// Looks at Adaptive Cards as their readers do: against the schema, and drawn by the official
// renderer in Chromium at the width of a phone and of a desk, in Teams' light and dark look.
//   node lint.mjs < {"modules": "DIR", "chromium": "PATH", "shots": "DIR" or "", "cards": [{"name", "card"}]}
// Prints {"views": how many drawings were looked at, "findings": [{"card", "view", "what"}]}.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const job = JSON.parse(fs.readFileSync(0, 'utf8'));
const require = createRequire(path.join(job.modules, 'package.json'));
const findings = [];
const find = (card, view, what) => findings.push({ card, view, what });

// The schema says "id" where ajv 8 wants "$id", and calls itself draft-06.
const Ajv = require('ajv').default;
const ajv = new Ajv({ strict: false, validateFormats: false, logger: false, allErrors: false });
ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
const { id: _, ...schema } = JSON.parse(fs.readFileSync(path.join(here, 'adaptive-card-1.5.0.schema.json'), 'utf8'));
const fits = ajv.compile(schema);

const looks = Object.fromEntries(['light', 'dark'].map((theme) => [theme, JSON.parse(fs.readFileSync(path.join(here, `microsoft-teams-${theme}.json`), 'utf8'))]));

const page = (theme) => `<!doctype html><html lang="en"><head><title>cards</title><style>
  ${fs.readFileSync(require.resolve('adaptivecards/dist/adaptivecards.css'), 'utf8')}
  body { margin: 0; padding: 12px; background: ${theme === 'dark' ? '#1f1f1f' : '#f5f5f5'}; font-family: 'Segoe UI', Tahoma, Geneva, Verdana, sans-serif }
  #host { box-sizing: border-box; border-radius: 4px; overflow: hidden }
  .ac-pushButton { border: 1px solid ${theme === 'dark' ? '#8a8a8a' : '#767676'}; background: ${theme === 'dark' ? '#2d2c2c' : '#fff'}; color: ${theme === 'dark' ? '#fff' : '#242424'}; padding: 6px 12px; border-radius: 4px }
  .ac-actionSet { flex-wrap: wrap !important; row-gap: 8px } .ac-actionSet > * { flex: 0 0 auto !important; max-width: 100% } /* as Teams wraps them */
  .ac-input, .ac-multichoiceInput { background: ${theme === 'dark' ? '#141414' : '#fff'}; color: ${theme === 'dark' ? '#fff' : '#242424'}; border: 1px solid #8a8886; box-sizing: border-box; width: 100%; padding: 6px }
  input[type=radio].ac-input, input[type=checkbox].ac-input { width: auto }
</style></head><body><main><h1 style="position: absolute; left: -9999px">cards</h1><div id="host"></div></main></body></html>`;

// draw runs in the page: it draws one card and answers everything that is wrong with it.
async function draw({ card, look, width, axe }) {
  const A = window.AdaptiveCards;
  const markdown = window.markdownit({ linkify: true });
  A.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };
  const said = [];
  const real = { warn: console.warn, error: console.error };
  console.warn = console.error = (...words) => said.push(words.join(' '));
  document.documentElement.lang = card.lang;
  const host = document.getElementById('host');
  host.style.width = width + 'px';
  host.replaceChildren();
  const drawn = new A.AdaptiveCard();
  drawn.hostConfig = new A.HostConfig(look);
  const context = new A.SerializationContext();
  try {
    drawn.parse(card, context);
    for (let i = 0; i < context.eventCount; i++) said.push(context.getEventAt(i).message);
    for (const e of drawn.validateProperties().validationEvents) said.push(e.message);
    host.appendChild(drawn.render());
  } catch (e) { said.push('does not draw: ' + e.message); }
  await document.fonts.ready;
  Object.assign(console, real);

  const box = host.getBoundingClientRect();
  for (const e of host.querySelectorAll('*')) {
    const b = e.getBoundingClientRect();
    if (!b.width || !b.height) continue;
    const text = (e.getAttribute('aria-label') || e.textContent || e.className).trim().slice(0, 40);
    if (b.right > box.right + 1 || b.left < box.left - 1) { said.push(`"${text}" reaches past the edge`); break; }
    if (e.scrollWidth > e.clientWidth + 1 && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && e !== host) { said.push(`"${text}" is cut off`); break; }
  }
  const stateful = `Invalid value "${card.lang}" for property "lang".`; // 3.0.6 keeps a global regular expression: every second card is refused a good language
  if (/^[a-z]{2,3}$/.test(card.lang) && said.includes(stateful)) said.splice(said.indexOf(stateful), 1);
  for (const a of host.querySelectorAll('a')) said.push(`"${a.textContent.slice(0, 40)}" became a link`);
  for (const i of host.querySelectorAll('input, textarea, select')) {
    if (![...(i.labels ?? [])].some((l) => l.textContent.trim()) && !i.getAttribute('aria-label') && !i.getAttribute('aria-labelledby')) said.push(`an input without a label: ${i.outerHTML.slice(0, 80)}`);
  }
  if (card.rtl && getComputedStyle(host.firstElementChild).direction !== 'rtl') said.push('is not written from right to left');
  if (axe) {
    const { violations } = await window.axe.run(host, { resultTypes: ['violations'], rules: { region: { enabled: false } } });
    for (const v of violations) said.push(`${v.id}: ${v.help}: ${v.nodes[0].any?.[0]?.message ?? ''} ${v.nodes[0].html.slice(0, 120)}`);
  }
  return said;
}

for (const { name, card } of job.cards) {
  if (!fits(card)) {
    const deepest = fits.errors.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a));
    find(name, 'schema', `${deepest.instancePath} ${deepest.message}`);
  }
}

const { chromium } = require('playwright-core');
const browser = await chromium.launch({ executablePath: job.chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-component-update', '--disable-background-networking'] });
const scripts = [path.join(path.dirname(require.resolve('markdown-it/package.json')), 'dist/browser/markdown-it.umd.min.js'), require.resolve('adaptivecards/dist/adaptivecards.js'), require.resolve('axe-core/axe.min.js')];
let views = 0;

// Colours do not depend on the width, nor what is wide on colours: each look is asked for
// accessibility once, at the width of a phone, and both widths for what sticks out.
async function look(theme) {
  const tab = await browser.newPage({ viewport: { width: 700, height: 900 } });
  await tab.route(/^https?:/, (route) => route.abort());
  await tab.setContent(page(theme));
  for (const script of scripts) await tab.addScriptTag({ path: script });
  for (const { name, card } of job.cards) {
    for (const width of [300, 600]) {
      for (const what of new Set(await tab.evaluate(draw, { card, look: looks[theme], width, axe: width === 300 }))) find(name, `${theme} ${width}`, what);
      views++;
      if (job.shots) await tab.locator('#host').screenshot({ path: path.join(job.shots, `${name}.${theme}.${width}.png`) });
    }
  }
  await tab.close();
}

try { await Promise.all([look('light'), look('dark')]); } finally { await browser.close(); }
console.log(JSON.stringify({ views, findings }));
