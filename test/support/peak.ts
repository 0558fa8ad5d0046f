/**
 * The peak memory of a process of its own, as a piece of its script. On Linux process.resourceUsage().maxRSS begins
 * with that of the process that started it, which here is a large one; VmHWM begins with the program.
 */

/** Defines peakBytes() in a script. */
export const PEAK_BYTES: string = `
  import { existsSync as hasStatus, readFileSync as readStatus } from 'node:fs';
  function peakBytes() {
    const status = '/proc/self/status';
    if (!hasStatus(status)) return process.resourceUsage().maxRSS * 1024;
    return Number(/VmHWM:\\s+(\\d+) kB/.exec(readStatus(status, 'utf8'))[1]) * 1024;
  }`;
