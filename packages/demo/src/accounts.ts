// The demonstration's accounts: in a file that only its owner can read, and as text.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { livingFolders } from '@hushgrid/lab'
import { EXIT_USAGE } from '@hushgrid/runtime'
import type { DemoAccount, DemoState } from '@hushgrid/web-api'

/** The demonstration as a person needs it: the start page's whole address, and what that page shows. */
export interface DemoBook extends DemoState {
  readonly start: string
}

const FILE = 'accounts.json'
/** File mode: passwords are for the owner alone. */
const OWNER_READS = 0o600

/** Writes the accounts into the demonstration's folder, which goes with its process. */
export function keepAccounts(folder: string, book: DemoBook): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(book)}\n`, { mode: OWNER_READS, flag: 'wx' })
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
 * @returns the exit status: 0; 2 where none runs, or none is ready
 */
export function showAccounts({ out, err }: Streams, folders: readonly string[] = livingFolders('demo')): number {
  const files = folders.map(folder => join(folder, FILE)).filter(file => existsSync(file))
  for (const file of files) out(`${accountsText(JSON.parse(readFileSync(file, 'utf8')) as DemoBook)}\n`)
  if (files.length > 0) return 0
  err(
    folders.length === 0
      ? 'expected a demonstration that runs, got none: "pnpm demo" starts one\n'
      : 'expected a demonstration with accounts, got one that still makes its month: try again in a minute\n'
  )
  return EXIT_USAGE
}
