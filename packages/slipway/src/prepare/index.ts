export { type Contents, loginsOf, prepareServer, privateDatabase } from './prepare.ts';
export { makeRecipe } from './recipe.ts';
