import { expect, test } from 'vitest';
import { findChromium } from '../browser/chromium.ts';

test('without Chromium, the browser tests fail and say what to install', () => {
	expect(() => findChromium({ PATH: '/nowhere' })).toThrow(/No Chromium found.*\n.*CHROMIUM_PATH/);
	expect(findChromium({ CHROMIUM_PATH: '/opt/chromium' })).toBe('/opt/chromium');
});
