export { explainDenied } from './explain.ts';
export { type FailedTest, hintAtDenials } from './hint-at-denials.ts';
