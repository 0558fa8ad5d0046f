/**
 * flyhash: vectors to binary codes and their nearest neighbours, with the same bits on every machine. This entry
 * point runs on the native addon where it loads, and else on the TypeScript reference.
 *
 * @packageDocumentation
 */

import { provideBackend } from './backend/active.ts';
import { loadBackend } from './backend/load.ts';

provideBackend(loadBackend);

export * from './public.ts';
