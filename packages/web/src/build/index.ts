/**
 * The pages: the living neighbourhood (`lab`), the supplier's desk (`supplier`), the customer's page (`customer`) and the
 * demonstration's start page (`demo`), each in a folder with its entry, `index.html`; `common` is shared by all. They run in a browser and import `web-api` only. Nodes
 * import no page: they ask here for the built pages, which are made anew when a source has changed, and serve them
 * (`packages/http`). A new page of the desk is a file in `supplier/pages` and a line of `PLACES` in `desk.tsx`.
 *
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { builtPages } from '@hushgrid/web/build'
 *
 * const folder = await builtPages()
 * const html = readFileSync(`${folder}/supplier/index.html`, 'utf8')
 * ```
 *
 * @packageDocumentation
 */
export { builtPages, PagesNotBuiltError } from './built-pages.ts'
