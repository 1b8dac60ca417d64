import type { Scripts } from '#properties/script';
import { exchange } from '#properties/chorus/scripts/exchange';

/** A body is one piece, whatever is in it. */
export const scripts: Scripts = { 'one body': exchange({ passes: 1 }) };
