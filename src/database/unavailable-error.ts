import { SlipwayError } from 'slipway';

/** An operation failed that may succeed in a moment. It had no effect, or it is unknown whether it had. */
export class UnavailableError extends SlipwayError {}
