// The three JSON endpoints of the simulated tenant.

async function ask(path, body) {
  const init = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  };
  let res;
  try {
    res = await fetch(path, init);
  } catch {
    throw new Error('The simulated tenant does not answer.');
  }
  const answer = await res.json().catch(() => null);
  if (!res.ok) throw Object.assign(new Error(sentence(answer?.error || `The simulated tenant answered ${res.status}`)), { status: res.status });
  if (answer === null) throw new Error('The simulated tenant answered something that is not JSON.');
  return answer;
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1).replace(/[^.!?]$/, '$&.');

// state reads everybody, and one person's calendar, chat and mail when an id is given.
export const state = (person) => ask('/sim/state' + (person ? '?person=' + encodeURIComponent(person) : ''));

// act does one thing as a person: press, say, accept, decline, tentative or propose.
export const act = (what) => ask('/sim/act', what);

// clock reads the virtual clock, or changes it when given {step}, {to} or {running}.
export const clock = (change) => ask('/sim/clock', change);
