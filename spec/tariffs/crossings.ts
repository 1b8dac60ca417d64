import { price, type Tariff } from '#spec/tariff';

export const tariff: Tariff = {
  title: 'Crossings, and nothing else',
  unit: 'crossings',
  assumes: 'Entering the kernel, changing to another process, faulting and crossing the network count one each, data nothing: what small '
    + 'messages come to on machines whose memory is fast.',
  prices: {
    trap: price(1, 'assumed', '', 'A unit, not a measurement.'),
    switch: price(1, 'assumed', '', 'A unit, not a measurement.'),
    fault: price(1, 'assumed', '', 'A unit, not a measurement.'),
    packet: price(1, 'assumed', '', 'A unit, not a measurement.'),
  },
};
