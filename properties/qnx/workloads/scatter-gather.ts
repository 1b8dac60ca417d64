import type { Scripts } from '#properties/script';
import { exchange, exchangeOfParts } from '#properties/qnx/scripts/exchange';

const PARTS = 8;

export const scripts: Scripts = { 'one buffer': exchange({ answered: true, passes: 1 }), multipart: exchangeOfParts(PARTS) };
