export { makePlan } from './make-plan.ts';
export { type Extra, extras, type Plan } from './plan.ts';
export { describePlan, describeProject } from './show.ts';
export { type Undone, undoInit } from './undo.ts';
export { writePlan } from './write.ts';
