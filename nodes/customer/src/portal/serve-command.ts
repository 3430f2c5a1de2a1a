import { checkTls, type HostPort, servedPages, type Tls } from '@hushgrid/http'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { readTextFile, runNode } from '@hushgrid/runtime'
import { type PortalLog, startPortal } from './portal.ts'
import { trustOnly } from './server-url.ts'

/** Options of `serve`. */
export interface ServeOptions {
  readonly dataDir: string
  /** Origin of the supplier's server. */
  readonly supplier: string
  readonly supplierCa?: string
  readonly listen: HostPort
  readonly cert?: string
  readonly key?: string
  readonly json?: boolean
}

/** Runs the customers' portal to its end. */
export async function serve(options: ServeOptions): Promise<void> {
  const { dataDir, supplier, supplierCa, listen, json } = options
  const tls = tlsOf(options)
  if (supplierCa !== undefined) trustOnly('--supplier-ca', supplierCa)
  await runNode({ role: 'portal', json }, async ({ log: lines, claimFolder }) => {
    const log: PortalLog = {
      event: (event, counts) => (event === 'sign-in-refused' ? lines.warn(event) : lines.info(event, counts)),
      supplierAway: problem => lines.warn('supplier-away', { problem }),
      warn: problem => lines.warn('failure', { problem }, problem)
    }
    const pages = await servedPages()
    claimFolder(dataDir, 'portal')
    const init = { dataDir, supplier, listen, pages, rng: systemRng, now: Date.now, log }
    const server = await startPortal({ ...init, ...(tls && { tls }) })
    lines.info('listening', { url: server.url, supplier })
    return { stop: () => server.stop() }
  })
}

/** @throws HushgridError where one file is given without the other, or either is invalid; UnreadableFileError */
function tlsOf({ cert, key }: ServeOptions): Tls | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw new HushgridError(`--cert and --key: expected both or none, got --${cert === undefined ? 'key' : 'cert'} only`)
  return checkTls({ cert: readTextFile(cert, 'a certificate'), key: readTextFile(key, 'a private key') }, '--cert and --key')
}
