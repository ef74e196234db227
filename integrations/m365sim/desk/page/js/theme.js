// Light or dark: as the system says, until the button says otherwise.
import { icon } from './dom.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
const key = 'rapport-desk-theme';

// theme wires the button; changed is called whenever the look changes, and now answers
// "light" or "dark".
export function theme(button, changed) {
  let own = recall();
  const now = () => own ?? (dark.matches ? 'dark' : 'light');
  const apply = () => {
    document.documentElement.dataset.theme = now();
    changed();
  };
  if (button) {
    button.append(icon('sun'));
    button.addEventListener('click', () => {
      own = now() === 'dark' ? 'light' : 'dark';
      remember(own);
      apply();
    });
  }
  dark.addEventListener('change', apply);
  document.documentElement.dataset.theme = now();
  return { now };
}

// A browser that keeps nothing still gets a working button.
function recall() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // private windows may refuse
  }
}
