export { builtPages, PagesNotBuiltError } from './built-pages.ts'
