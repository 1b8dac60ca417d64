import type { MessageCall } from './program.js';
import type { Reply } from './reply.js';
import type { Window } from './window.js';

/** How to read what comes back of a call. `window` is where the program's memory lies, if it has any. */
export type Plan =
  | { readonly sort: 'message'; readonly call: MessageCall; readonly window: Window | null }
  | { readonly sort: 'request'; readonly answer: (reply: Reply) => unknown }
  | { readonly sort: 'trap'; readonly result: 'name' | 'code' | 'byte' | 'nothing' }
  /** A message to the kernel that is not answered. */
  | { readonly sort: 'word' }
  | { readonly sort: 'time' };
