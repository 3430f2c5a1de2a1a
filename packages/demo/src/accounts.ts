// The demonstration's accounts: in a file that only its owner can read, and as text.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { livingFolders } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'
import { EXIT_USAGE, replaceSecret } from '@hushgrid/runtime'
import type { DemoAccount, DemoState } from '@hushgrid/web-api'

/** The demonstration as a person needs it: the start page's whole address, and what that page shows. */
export interface DemoBook extends DemoState {
  readonly start: string
}

const FILE = 'accounts.json'

/** Writes the accounts into the demonstration's folder, which goes with its process: whole, and for its owner alone. */
export function keepAccounts(folder: string, book: DemoBook): void {
  replaceSecret(join(folder, FILE), new TextEncoder().encode(`${JSON.stringify(book)}\n`))
}

/** Writes addresses and accounts for a terminal. */
export function accountsText({ start, pages, desk, customers, timeZone }: DemoBook): string {
  const row = ({ account, password, for: what }: DemoAccount): string => `  ${account.padEnd(10)} ${password.padEnd(22)} ${what}`
  return [
    '',
    `Start page: ${start}`,
    `Neighbourhood: ${pages.lab}`,
    '',
    `Supplier's desk: ${pages.desk}`,
    ...desk.map(row),
    '',
    `Customers' page: ${pages.customers}   (time zone ${timeZone})`,
    ...customers.map(each => row({ ...each, for: `bill of last month ${each.for}` })),
    ''
  ].join('\n')
}

/** Streams of a command. */
interface Streams {
  readonly out: (text: string) => unknown
  readonly err: (text: string) => unknown
}

/**
 * Shows the accounts of the demonstrations that run.
 *
 * @param folders - their folders
 * @returns the exit status: 0; 2 where none runs, none is ready, or one's file is not as this version writes it
 */
export function showAccounts({ out, err }: Streams, folders: readonly string[] = livingFolders('demo')): number {
  try {
    const books = folders.flatMap(folder => bookIn(folder) ?? [])
    for (const book of books) out(`${accountsText(book)}\n`)
    if (books.length > 0) return 0
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    err(`${cause.message}\n`)
    return EXIT_USAGE
  }
  err(
    folders.some(folder => existsSync(folder))
      ? 'expected a demonstration with accounts, got one that still makes its month: try again in a minute\n'
      : 'expected a demonstration that runs, got none: "pnpm demo" starts one\n'
  )
  return EXIT_USAGE
}

/** Reads a demonstration's accounts; undefined where it has none yet, or has just ended. */
function bookIn(folder: string): DemoBook | undefined {
  const file = join(folder, FILE)
  const text = textOf(file)
  if (text === undefined) return undefined
  const book = jsonOf(text)
  if (!isBook(book)) throw new HushgridError(`${file}: expected the accounts of a demonstration, got other content`)
  return book
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new HushgridError(`${file}: expected to read it (${code})`)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    throw cause
  }
}

/** Tells whether a value is a book as far as its text goes; another version may have written another. */
function isBook(value: unknown): value is DemoBook {
  const { start, pages, desk, customers, timeZone } = (value ?? {}) as Partial<DemoBook>
  const texts = [start, timeZone, pages?.lab, pages?.desk, pages?.customers]
  return texts.every(isText) && areAccounts(desk) && areAccounts(customers)
}

function areAccounts(value: unknown): boolean {
  return Array.isArray(value) && value.every((row: Partial<DemoAccount> | null) => [row?.account, row?.password, row?.for].every(isText))
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}
