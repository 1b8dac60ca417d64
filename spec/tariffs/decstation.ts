import { ethernet } from '#spec/ethernet';
import { price, type Price, type Tariff } from '#spec/tariff';

/** A null procedure call takes 125 µs here and 310 µs on the 386. */
const ratio = 125 / 310;

const byte: Price = {
  least: (184 / 4096) * ratio, most: (379 / 4096) * ratio, grade: 'assumed', source: '',
  because: 'Copies are taken to be faster by as much as the null procedure call is; the source gives no time for them.',
};

export const tariff: Tariff = {
  title: 'A DECstation 3100, as measured with Mach',
  unit: 'µs',
  assumes: 'One number was measured, that of a null procedure call; it is divided as on the 386. All three kernels are taken to need the '
    + 'same time for the same event.',
  prices: {
    trap: price(40 * ratio, 'inferred', 'DR: 4.3; AD: 5', 'A null procedure call takes 125 µs, of which two traps are the part that they are on the 386.'),
    switch: price(115 * ratio, 'inferred', 'DR: 4.3; AD: 5', 'What the two traps leave of 125 µs, shared by two switches.'),
    byte,
    'own byte': byte,
    'page copy': { ...byte, least: 184 * ratio, most: 379 * ratio },
    fault: price(316 * ratio, 'assumed', '', 'Faults are taken to be faster by as much as the null procedure call is.'),
    ...ethernet,
  },
};
