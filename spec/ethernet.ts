import type { Price } from '#spec/tariff';

/** What a 10 Mbit/s Ethernet asks: the network of the time, and the same in every tariff that is in microseconds. */
export const ethernet: Readonly<Record<'packet' | 'wire byte', Price>> = {
  packet: {
    least: 67.2, most: 67.2, grade: 'inferred', source: 'IEEE 802.3: 4',
    because: 'The shortest frame of 64 bytes, its preamble of 8 and the gap of 12 after it, at 0.8 µs a byte. Protocols and drivers come on '
      + 'top and are in no count.',
  },
  'wire byte': {
    least: 0.8, most: 0.8, grade: 'inferred', source: 'IEEE 802.3: 4',
    because: '10 Mbit/s are 0.8 µs a byte. Headers of further frames of a long message are left out.',
  },
};
