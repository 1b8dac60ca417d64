import { ethernet } from '#spec/ethernet';
import { price, type Price, type Tariff } from '#spec/tariff';

/** A page of 4,096 bytes takes 184 µs to copy at least, and 379 µs at most, by where it lies. */
const byte: Price = {
  least: 184 / 4096, most: 379 / 4096, grade: 'inferred', source: 'AD: 5',
  because: 'A page is copied in 184 to 379 µs, and has 4,096 bytes; the same is taken for short copies.',
};

const crossing = price(115, 'inferred', 'AD: 5',
  'A null procedure call takes 310 µs, of which two traps are 80 µs. What is left is shared by its two switches; messages and copies of '
  + 'next to nothing are in it.');

export const tariff: Tariff = {
  title: 'A 386 of 25 MHz, as measured with Mach',
  unit: 'µs',
  assumes: 'All three kernels are taken to need the same time for the same event, which is Mach\'s. The tariff compares their designs, not '
    + 'their code.',
  prices: {
    trap: price(40, 'stated', 'AD: 5', 'The time of a null trap.'),
    switch: crossing,
    byte,
    'own byte': { ...byte, grade: 'assumed', source: '', because: 'A program copies as fast as the kernel does.' },
    'page copy': { least: 184, most: 379, grade: 'stated', source: 'AD: 5', because: 'The time of copying a page, by where it lies.' },
    fault: price(316, 'stated', 'AD: 5', 'The time of a fault that is resolved from memory; the messages of a pager are counted by themselves.'),
    ...ethernet,
  },
};
