export { explainDenied } from './explain.ts';
export { findDenials } from './find.ts';
export { type FailedTest, hintAt, hintAtDenials } from './hint-at-denials.ts';
