import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { builtPages, PagesNotBuiltError } from '@hushgrid/web/build'
import type { Hono } from 'hono'

export type PageName = 'lab' | 'supplier' | 'customer' | 'demo'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2'
}
/** Caching of files that never change, since their names hold a hash of their content. */
const FOR_GOOD = 'public, max-age=31536000, immutable'

/** Reports that the pages are not where they should be. */
export class PagesMissingError extends HushgridError {
  override name = 'PagesMissingError'
}

/**
 * Gives the folder of the built pages; builds them where that is needed.
 *
 * @throws PagesMissingError
 */
export async function servedPages(): Promise<string> {
  try {
    return await builtPages()
  } catch (cause) {
    if (!(cause instanceof PagesNotBuiltError)) throw cause
    throw new PagesMissingError(cause.message)
  }
}

/**
 * Serves one page at `/`, and the files that it loads below `/assets`. Reads all of them at once, so that no path of a
 * request ever becomes the path of a file.
 *
 * @param folder - folder of the built pages
 * @throws PagesMissingError
 */
export function servePage(app: Hono, page: PageName, folder: string): void {
  const html = read(join(folder, page, 'index.html'))
    .toString('utf8')
    .replaceAll('../assets/', '/assets/')
  const assets = new Map(names(join(folder, 'assets')).map(name => [name, Uint8Array.from(read(join(folder, 'assets', name)))]))
  app.get('/', c => c.html(html, 200, { 'cache-control': 'no-cache' }))
  app.get('/assets/:name', c => {
    const name = c.req.param('name')
    const bytes = assets.get(name)
    const type = TYPES[extname(name)]
    if (!bytes || type === undefined) return c.notFound()
    return c.body(bytes, 200, { 'content-type': type, 'cache-control': FOR_GOOD })
  })
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new PagesMissingError(`${path}: expected a built page, got ${(cause as NodeJS.ErrnoException).code}; "pnpm web:build" makes it`)
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    throw new PagesMissingError(
      `${folder}: expected the built pages, got ${(cause as NodeJS.ErrnoException).code}; "pnpm web:build" makes them`
    )
  }
}
