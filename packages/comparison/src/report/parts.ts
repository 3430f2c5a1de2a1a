/**
 * Parts of a report that the evaluation has in common with a comparison: `@hushgrid/comparison/report`.
 *
 * @packageDocumentation
 */
export { fitGrowth, type Growth, LEAST_SIZES } from '../results/growth.ts'
export { escapeMarkup } from './markup.ts'
export { exponentText, numberText } from './number-text.ts'
export { environmentFacts, factsHtml, pageHtml } from './page.ts'
export { type Column, htmlTable, latexKnown, latexTable, latexText, markdownTable, type Table } from './table.ts'
