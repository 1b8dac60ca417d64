import type { MessageCall } from './program.js';
import type { Reply } from './reply.js';

/** How to read what comes back of a call. */
export type Plan =
  | { readonly sort: 'message'; readonly call: MessageCall }
  | { readonly sort: 'request'; readonly answer: (reply: Reply) => unknown }
  | { readonly sort: 'trap'; readonly result: 'name' | 'code' | 'nothing' }
  | { readonly sort: 'time' };
