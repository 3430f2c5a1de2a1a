// Builds the pages where their sources have changed, and says where they are.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = join(PACKAGE, 'src')
/** The one package that the pages import. */
const API_SOURCES = dirname(fileURLToPath(import.meta.resolve('@hushgrid/web-api')))
const PAGES = join(PACKAGE, 'dist')
const BUILD = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Reports that the pages could not be built. */
export class PagesNotBuiltError extends Error {
  override name = 'PagesNotBuiltError'
}

/**
 * Gives the folder of the built pages: `lab/index.html`, `supplier/index.html`, `customer/index.html`, `demo/index.html`, and `assets/`. Builds
 * them where they are missing or were built from other sources, which takes a second or two; in a process of its own, whose
 * memory goes with it.
 *
 * @throws PagesNotBuiltError
 */
export async function builtPages(): Promise<string> {
  if (areBuiltFrom(hashOfSources())) return PAGES
  try {
    await promisify(execFile)(process.execPath, [BUILD])
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { readonly stderr?: string }
    throw new PagesNotBuiltError(stderr.trim() || inOneLine(message))
  }
  return PAGES
}

/**
 * Builds the pages in this process, where that is needed.
 *
 * @throws PagesNotBuiltError
 */
export async function buildPages(): Promise<string> {
  const sources = hashOfSources()
  if (areBuiltFrom(sources)) return PAGES
  // Puts the folder in place as a whole, since others may be building too, or reading it.
  const made = mkdtempSync(`${PAGES}-`)
  try {
    const { build } = await import('vite')
    await build({ configFile: join(PACKAGE, 'vite.config.ts'), logLevel: 'silent', build: { outDir: made, emptyOutDir: true } })
    writeFileSync(join(made, STAMP), sources)
    putInPlace(made, sources)
  } catch (cause) {
    throw new PagesNotBuiltError(`expected the pages to be built from ${SOURCES}, they were not: ${inOneLine((cause as Error).message)}`)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
  return PAGES
}

/** Name of the file with the hash of the sources that the folder was built from. */
const STAMP = 'sources.sha256'

function areBuiltFrom(sources: string): boolean {
  const stamp = join(PAGES, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources
}

function putInPlace(made: string, sources: string): void {
  // Stops where another process was quicker.
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

/** Keeps the first two of Vite's many lines: the number of errors, and the first one. */
function inOneLine(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n')
  return lines
    .map(line => line.trim())
    .filter(Boolean)
    .slice(0, 2)
    .join(' ')
}

/** Hashes the names and bytes of all that goes into the pages. */
function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const path of ['vite.config.ts', 'package.json']) hash.update(readFileSync(join(PACKAGE, path)))
  for (const folder of [SOURCES, API_SOURCES]) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
      hash.update(`${relative(folder, path)}\0`).update(readFileSync(path))
    }
  }
  return hash.digest('hex')
}
