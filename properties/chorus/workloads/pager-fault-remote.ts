import type { Scripts } from '#properties/script';
import { faults } from '#properties/chorus/scripts/faults';

export const scripts: Scripts = { mapper: faults(true) };
