import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = join(PACKAGE, 'src')
const PAGES = join(PACKAGE, 'dist')
/** The pages could not be built. */
export class PagesNotBuiltError extends Error {
  override name = 'PagesNotBuiltError'
}

/**
 * The folder of the built pages: `lab/index.html`, `supplier/index.html`, `customer/index.html`, and `assets/`. Builds them
 * where they are missing or were built from other sources, which takes a second or two.
 *
 * @throws PagesNotBuiltError
 */
export async function builtPages(): Promise<string> {
  const sources = hashOfSources()
  if (areBuiltFrom(sources)) return PAGES
  // Others may be building too, and others are reading what is there: the folder is put in place as a whole.
  const made = mkdtempSync(`${PAGES}-`)
  try {
    // Not loaded where the pages are there.
    const { build } = await import('vite')
    await build({ configFile: join(PACKAGE, 'vite.config.ts'), logLevel: 'silent', build: { outDir: made, emptyOutDir: true } })
    writeFileSync(join(made, STAMP), sources)
    putInPlace(made, sources)
  } catch (cause) {
    throw new PagesNotBuiltError(`expected the pages to be built from ${SOURCES}, they were not: ${firstLine(cause)}`)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
  return PAGES
}

/** Names the sources of what is in the folder. */
const STAMP = 'sources.sha256'

function areBuiltFrom(sources: string): boolean {
  const stamp = join(PAGES, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources
}

function putInPlace(made: string, sources: string): void {
  // Another process was quicker.
  if (areBuiltFrom(sources)) return
  const old = `${made}-old`
  try {
    if (existsSync(PAGES)) renameSync(PAGES, old)
    renameSync(made, PAGES)
  } catch (cause) {
    if (!areBuiltFrom(sources)) throw cause
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}

/** Vite tells on many lines, in colours. */
function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return stripVTControlCharacters(text).trim().split('\n')[0] ?? ''
}

/** Of the names and bytes of all that goes into the pages. */
function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const path of ['vite.config.ts', 'package.json']) hash.update(readFileSync(join(PACKAGE, path)))
  const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
    hash.update(`${relative(SOURCES, path)}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}
