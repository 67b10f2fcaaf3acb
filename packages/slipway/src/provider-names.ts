/** The providers that start servers of Slipway's own. `postgres/registry.ts` has the implementation of each. */
export const ownProviderNames = ['embedded', 'container'] as const;
export type OwnProvider = (typeof ownProviderNames)[number];

export const defaultProvider: OwnProvider = 'embedded';

/** `auto` is a container if a container engine is running and has the image or can pull it, and else embedded. */
export const providerChoices = ['auto', ...ownProviderNames] as const;
export type ProviderChoice = (typeof providerChoices)[number];

/** `external` is a server that somebody else runs. */
export const providerNames = [...ownProviderNames, 'external'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where tests get databases from. With `external`, each has one on a server that they share with other runs. */
export const testProviders = [...providerChoices, 'external'] as const;
export type TestProvider = (typeof testProviders)[number];
