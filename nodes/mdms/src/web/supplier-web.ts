// The supplier's page, and the API of the page and of customers' portals.
import { join } from 'node:path'
import type { Bands } from '@hushgrid/billing'
import {
  type HostPort,
  KnownDevices,
  type PageServer,
  type PageServerInit,
  Sessions,
  SignInLimiter,
  servedPages,
  startPageServer
} from '@hushgrid/http'
import type { Store } from '@hushgrid/mdms'
import { type Millis, millis, systemRng } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'
import type { Pseudonyms } from '../household/pseudonyms.ts'
import { BillRechecker } from './bill-rechecker.ts'
import { supplierRoutes } from './supplier-routes.ts'
import type { DeskSession, WebDesk } from './web-desk.ts'

const DEVICE_KEY_BYTES = 32
const OWN_ADDRESSES = ['127.0.0.1', '::1', '::ffff:127.0.0.1']

export interface SupplierWebInit {
  /** Open store; stays open when the server stops. */
  readonly store: Store
  readonly listen: HostPort
  /** Certificate and key in PEM. */
  readonly tls?: PageServerInit['tls']
  readonly bands?: Bands
  /** Pseudonyms of meters, to check whose meter a bill is of. */
  readonly pseudonymOf?: Pseudonyms
  /** Time for which bills are kept, ms. */
  readonly keepBills: number
  /** Clock of the records. */
  readonly now: () => Millis
  /** Gives what that clock shows at a true time; without it, the two are one. */
  readonly shownAt?: (trueTime: number) => Millis
  /** Clock of sessions and sign-ins, ms, which end in true time also in a lab. */
  readonly trueTime?: () => number
  /** Folder of the built pages, where it is not the package's own. */
  readonly pages?: string
  /** Addresses of customers' portals, which count failed sign-ins themselves; this machine's own always. */
  readonly portals?: readonly string[]
  /** Key of known devices, 32 bytes; where there is none, they are known until the server stops. */
  readonly deviceKey?: Uint8Array
  readonly warn: (text: string) => void
}

/**
 * Opens the key of known devices in a data directory, made where there is none.
 *
 * @throws SecretFileError
 */
export function openDeviceKey(directory: string): Uint8Array {
  return readOrCreateSecret(join(directory, 'devices.key'), DEVICE_KEY_BYTES, () => systemRng.bytes(DEVICE_KEY_BYTES)).secret
}

/**
 * Starts the server, which gives out records through accounts of the store only.
 *
 * @throws ListenError where the address cannot be had, or would be reached without TLS; HushgridError where there are no pages
 */
export async function startSupplierWeb(init: SupplierWebInit): Promise<PageServer> {
  const { store, bands, pseudonymOf, keepBills, now, warn, listen, tls, trueTime = Date.now, deviceKey } = init
  const pages = init.pages ?? (await servedPages())
  const portals = new Set([...OWN_ADDRESSES, ...(init.portals ?? [])])
  const desk: WebDesk = {
    ...{ store, keepBills, now, shownAt: init.shownAt ?? millis, ...(bands && { bands }) },
    sessions: new Sessions<DeskSession>({ now: trueTime, rng: systemRng, ownerOf: ({ account }) => account }),
    limiter: new SignInLimiter({ now: trueTime, servers: portals }),
    devices: new KnownDevices(deviceKey ?? systemRng.bytes(DEVICE_KEY_BYTES))
  }
  const checks = new BillRechecker({ store, warn, ...(bands && { bands }), ...(pseudonymOf && { pseudonymOf }) })
  const server = await startPageServer({
    ...{ page: 'supplier', pages, listen, warn, ...(tls && { tls }) },
    routes: app => supplierRoutes(app, desk, checks)
  })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      await checks.stop()
    }
  }
}
