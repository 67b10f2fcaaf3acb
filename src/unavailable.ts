import { SlipwayError } from 'slipway';

/** What was asked for cannot be done now and may be in a moment. It was not done, or nobody knows that it was. */
export class UnavailableError extends SlipwayError {}
