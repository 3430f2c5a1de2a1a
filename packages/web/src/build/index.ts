export * from './built-pages.ts'
