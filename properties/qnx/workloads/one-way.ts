import type { Scripts } from '#properties/script';
import { exchange } from '#properties/qnx/scripts/exchange';
import { proxy } from '#properties/qnx/scripts/proxy';

/** Who sends data waits until it is let go on, by a reply that may be empty. Only what is fixed beforehand goes without. */
export const scripts: Scripts = { 'Send, empty Reply': exchange({ answered: false }), proxy };
