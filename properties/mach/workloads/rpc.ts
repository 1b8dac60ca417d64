import type { Scripts } from '#properties/script';
import { inline, region } from '#properties/mach/scripts/parties';
import { exchange } from '#properties/mach/scripts/exchange';

export const scripts: Scripts = {
  inline: exchange({ body: (size) => inline(size) }),
  'out-of-line': exchange({ body: (size) => [region(0, size)], memory: (size) => size }),
};
