import type { OwnProvider } from '../../src/provider-names.ts';

export const victims = ['runner', 'worker', 'postgres', 'supervisor'] as const;
export type Victim = (typeof victims)[number];
export type Provider = OwnProvider;

/** The plan of one round. */
export interface Plan {
	readonly round: number;
	readonly provider: Provider;
	readonly victim: Victim;
	/** Milliseconds after the launch. */
	readonly moment: number;
	/** From 0 to 1: selects one of several victims. */
	readonly choice: number;
	/** Whether the run has to create its snapshot first. */
	readonly cold: boolean;
}

/** The share of runs that create a snapshot. */
const coldShare = 1 / 4;

/** Providers and victims take turns, so that all pairs are equally frequent. The rest is random. */
export function makePlan(
	round: number,
	random: () => number,
	durations: Readonly<Partial<Record<Provider, number>>>,
): Plan {
	const providers = Object.keys(durations) as Provider[];
	const provider = providers[round % providers.length] ?? 'embedded';
	return {
		round,
		provider,
		victim: victims[Math.floor(round / providers.length) % victims.length] ?? 'runner',
		moment: random() * (durations[provider] ?? 0),
		choice: random(),
		cold: random() < coldShare,
	};
}

export function describePlan({ round, provider, victim, moment, cold }: Plan): string {
	return `round ${round}: ${victim}, ${provider}, after ${moment.toFixed(0)} ms${cold ? ', without a snapshot' : ''}`;
}
