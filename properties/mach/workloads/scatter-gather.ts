import type { Scripts } from '#properties/script';
import { exchange } from '#properties/mach/scripts/exchange';
import { inline, PAGE, region } from '#properties/mach/scripts/parties';

const PARTS = 8;

/** Each part begins a page of its own: parts that share pages would be sent with what lies between them. */
const span = (size: number): number => Math.ceil(size / PARTS / PAGE) * PAGE;

export const scripts: Scripts = {
  inline: exchange({ body: (size) => inline(size / PARTS, PARTS), passes: 1 }),
  'out-of-line': exchange({
    body: (size) => Array.from({ length: PARTS }, (_, part) => region(part * span(size), size / PARTS)),
    memory: (size) => PARTS * span(size),
  }),
};
