// The pages of README.md and docs as a test sees them: their commands, samples, links and paths.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A fenced block. */
export interface Block {
  readonly page: string
  readonly language: string
  readonly text: string
}

/** A command as a page has it, on one line and without its comment. */
export interface Command {
  readonly page: string
  readonly text: string
}

/** A place that a page points to, relative to the root; `anchor` is a heading's. */
export interface Reference {
  readonly page: string
  readonly target: string
  readonly anchor?: string
}

/** Pages, relative to the root. */
export function pages(): string[] {
  const inDocs = globSync('docs/**/*.md', { cwd: ROOT, exclude: ['**/node_modules/**', 'docs/api/**'] })
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...inDocs].map(page => page.replaceAll('\\', '/')).sort()
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

const FENCE = /^```([a-z]*)\n([\s\S]*?)^```$/gm

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): Block[] {
  return [...textOf(page).matchAll(FENCE)].map(([, language = '', text = '']) => ({ page, language, text }))
}

function proseOf(page: string): string {
  return textOf(page).replaceAll(FENCE, '')
}

/** What a page has between backticks, outside of blocks. */
function inlineCodeOf(page: string): string[] {
  return [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
}

/** Gives what a line of the shell runs, without input, log and `&`; empty for a loop's ends, a variable or a folder. */
function programOf(line: string): string {
  if (/^(for \w+ in .*; do|done|[A-Z]+=\S.*|mkdir -p \S+)$/.test(line)) return ''
  return line.replace(/^printf \S.* \| /, '').replace(/ > \S+ 2>&1 &$/, '')
}

/** Commands of a page: lines of its `sh` blocks, and whatever calls pnpm between backticks. */
export function commandsOf(page: string): Command[] {
  const lines = blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll(/\\\n/g, ' ').split('\n'))
    .flatMap(line => line.replace(/(^|\s)#.*$/, '').split(' && '))
  const inline = inlineCodeOf(page).filter(text => /^(npx )?pnpm(@\d+)? /.test(text))
  return [...lines, ...inline]
    .map(text => programOf(text.trim().replaceAll(/\s+/g, ' ')))
    .filter(text => text !== '')
    .map(text => ({ page, text }))
}

/** Links of a page into the repository. */
export function linksOf(page: string): Reference[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return []
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : normalize(join(dirname(page), path)).replaceAll('\\', '/')
    return [{ page, target, ...(anchor === undefined ? {} : { anchor }) }]
  })
}

/** Paths of the repository that a page names between backticks; `*` and braces stand for what a glob takes. */
export function pathsOf(page: string): Reference[] {
  return inlineCodeOf(page)
    .filter(text => /^(packages|nodes|topology|scripts|test|docs|\.biome|\.ci)(\/[^\s…<>]*)?$/.test(text))
    .map(target => ({ page, target }))
}

export function exists(target: string): boolean {
  return existsSync(join(ROOT, target)) || globSync(target, { cwd: ROOT }).length > 0
}

/** The anchors of a page's headings, as the repository's host makes them. */
export function anchorsOf(page: string): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
  return new Set(
    headings.map(text =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-')
    )
  )
}
