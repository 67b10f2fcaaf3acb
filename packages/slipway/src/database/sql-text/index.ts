export { firstTokens, splitStatements } from '../migrations/statements.ts';
