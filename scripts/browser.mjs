// The browser that tests look at pages with: the one that CHROMIUM names, else the first of the usual names on PATH.

import { spawnSync } from 'node:child_process';

export const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** Its path, or undefined where there is none. */
export function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of BROWSERS) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}
