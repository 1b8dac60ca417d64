import { price, type Tariff } from '#spec/tariff';

export const tariff: Tariff = {
  title: 'Bytes that are moved, and nothing else',
  unit: 'bytes',
  assumes: 'Only data counts, wherever it is moved: what large messages come to on any machine.',
  prices: {
    byte: price(1, 'assumed', '', 'A unit, not a measurement.'),
    'own byte': price(1, 'assumed', '', 'Programs move bytes as the kernel does.'),
    'page copy': price(4096, 'assumed', '', 'A page has 4,096 bytes in these workloads.'),
    'wire byte': price(1, 'assumed', '', 'So does the network.'),
  },
};
