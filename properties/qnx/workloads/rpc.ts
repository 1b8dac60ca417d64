import type { Scripts } from '#properties/script';
import { exchange } from '#properties/qnx/scripts/exchange';

export const scripts: Scripts = { 'Send, Receive, Reply': exchange({ answered: true }) };
