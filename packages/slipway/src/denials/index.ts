export { explainDenied } from './explain.ts';
export { findDenials } from './find.ts';
export { appendHint, type FailedTest, hintAt, hintAtDenials, isPrinted } from './hint-at-denials.ts';
