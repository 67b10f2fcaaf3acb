import { userInfo } from 'node:os';
import { currentProcess, type ProcessIdentity } from '../postgres/index.ts';

/** What the comment on a run's database says. */
export interface RunNote extends ProcessIdentity {
	readonly slipway: 'test';
	readonly run: string;
	/** Who started it. */
	readonly user: string;
	/** When the database can be removed even if somebody is still connected to it. */
	readonly expires: string;
}

/** What the comment on a template says. */
export interface TemplateNote {
	readonly slipway: 'template';
	/** The state of the template when it was complete. */
	readonly state: string;
	/** The day on which a run last used it. */
	readonly used: string;
}

const day = 24 * 60 * 60 * 1000;

export const runNote = (run: string): RunNote => ({
	slipway: 'test',
	run,
	user: userName(),
	expires: new Date(Date.now() + day).toISOString(),
	...currentProcess(),
});

export const templateNote = (state: string): TemplateNote => ({ slipway: 'template', state, used: today() });

export const today = () => new Date().toISOString().slice(0, 10);

export const isOlderThan = (date: string, days: number) => Date.parse(date) < Date.now() - days * day;

/** Undefined if the comment is no note of Slipway's. */
export function parseNote(comment: string | null): RunNote | TemplateNote | undefined {
	try {
		const note: unknown = JSON.parse(comment ?? '');
		return typeof note === 'object' && note !== null && 'slipway' in note ? (note as RunNote) : undefined;
	} catch {
		return undefined;
	}
}

/** A process in a container may run as a user without a name. */
function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return String(process.getuid?.() ?? '');
	}
}
