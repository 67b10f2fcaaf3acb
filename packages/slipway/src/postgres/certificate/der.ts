/** The few parts of DER (ITU-T X.690), the binary form of certificates, that a certificate of ours needs. */

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

/** Below 128 in one byte; otherwise the number of the bytes that follow, and these. */
function lengthOf({ length }: Buffer): number[] {
	if (length < 0x80) return [length];
	const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
	return [0x80 + bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Buffer[]) => element(0x30, ...parts);
export const set = (...parts: readonly Buffer[]) => element(0x31, ...parts);
export const boolean = (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0]));
/** `bytes`: an unsigned number. The first bit of a positive one is not set. */
export const integer = (bytes: Buffer) =>
	element(
		0x02,
		bytes.at(0) === undefined || (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]),
	);
export const octets = (bytes: Buffer) => element(0x04, bytes);
export const utf8 = (text: string) => element(0x0c, Buffer.from(text));
/** `unused`: how many of the last byte's bits do not count. */
export const bits = (bytes: Buffer, unused = 0) => element(0x03, Buffer.of(unused), bytes);
/** A part with a number in place of its type: a structure, or one value. */
export const numbered = (number: number, ...parts: readonly Buffer[]) => element(0xa0 + number, ...parts);
export const numberedValue = (number: number, bytes: Buffer) => element(0x80 + number, bytes);

/** UTCTime, for dates until 2049. */
export function time(date: Date): Buffer {
	const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 14);
	return element(0x17, Buffer.from(`${digits}Z`));
}

/** An object identifier, such as `2.5.29.17`: the first two numbers in one byte, the others to the base 128. */
export function objectId(text: string): Buffer {
	const [first = 0, second = 0, ...others] = text.split('.').map(Number);
	return element(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

function base128(value: number): number[] {
	const rest = Math.floor(value / 128);
	return rest === 0 ? [value] : [...base128(rest).map((byte) => byte | 0x80), value % 128];
}
