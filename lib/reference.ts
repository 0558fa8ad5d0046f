/**
 * flyhash/reference: the same surface in pure TypeScript, without the addon and without Node, also in a browser;
 * slower, with the same results. In one process both entry points share the backend of whichever came first.
 *
 * @packageDocumentation
 */

import { provideBackend } from './backend/active.ts';
import { ReferenceBackend } from './reference/backend.ts';

provideBackend(() => new ReferenceBackend());

export * from './public.ts';
