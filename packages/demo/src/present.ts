// What a person needs of the demonstration: the start page, the file of accounts, and both printed.
import type { DemoState } from '@hushgrid/web-api'
import { accountsText, keepAccounts } from './accounts.ts'
import { showAgain } from './shown-again.ts'
import { serveStartPage } from './start-page.ts'

interface Presenting {
  /** The demonstration's folder. */
  readonly folder: string
  /** Port of the start page. */
  readonly port: number
  readonly say: (text: string) => void
  /** Signal of the demonstration's end. */
  readonly stopping: AbortSignal
  /** Takes what is to be ended with the demonstration; nobody reads it once `stopping` is aborted. */
  readonly endings: (() => unknown)[]
}

/** Serves the start page, keeps the accounts for `pnpm demo --accounts`, and prints them, again at each Enter. */
export async function present(state: DemoState, { folder, port, say, stopping, endings }: Presenting): Promise<void> {
  const { server, url } = await serveStartPage(port, state, text => process.stderr.write(`warning: start page: ${text}\n`))
  // Endings have been read where the end came while the page began.
  if (stopping.aborted) return await server.stop()
  endings.push(() => server.stop())
  const book = { start: url, ...state }
  keepAccounts(folder, book)
  say(accountsText(book))
  const stopShowing = showAgain(() => say(accountsText(book)))
  if (stopShowing) endings.push(stopShowing)
  say(`${stopShowing ? 'Enter shows this again; ' : ''}"pnpm demo --accounts" shows it in another terminal.\n`)
}
