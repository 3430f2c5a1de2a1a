// A portal with a supplier and two customers, for tests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyEpoch } from '@hushgrid/billing'
import type { PageServer } from '@hushgrid/http'
import { meterId, SeededRng, systemRng, toHex } from '@hushgrid/primitives'
import { type AccountRecord, encodeAccount } from '../../src/device/account-record.ts'
import { Vault } from '../../src/device/vault.ts'
import { type PortalInit, startPortal } from '../../src/portal/portal.ts'
import { PortalBrowser } from './portal-browser.ts'
import { SupplierStub } from './portal-supplier.ts'

/** Somebody with an account at the supplier and a vault at home. */
export interface Customer {
  readonly account: string
  readonly password: string
  readonly oneTime: string
  readonly household: string
  readonly vault: Vault
  /** K of the one meter. */
  readonly key: Uint8Array
}

export async function customer(account: string, byte: string): Promise<Customer> {
  const [password, key] = [`the vault's password of ${account}`, new SeededRng(`K of ${account}`).bytes(32)]
  const vault = (await Vault.create(account, password, systemRng)).withKey(meterId(byte.repeat(32)), { epoch: keyEpoch(0), key })
  return { account, password, oneTime: `one-time password of ${account}`, household: `household-${byte.repeat(16)}`, vault, key }
}

export class PortalRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'hushgrid-portal-'))
  readonly dataDir = join(this.folder, 'portal')
  /** Everything that the portal has written into its log. */
  readonly log: string[] = []
  /** Milliseconds, added to the machine's clock. */
  later = 0
  #server: PageServer | undefined
  readonly supplier: SupplierStub

  private constructor(supplier: SupplierStub) {
    this.supplier = supplier
    mkdirSync(this.dataDir)
    mkdirSync(join(this.folder, 'pages', 'customer'), { recursive: true })
    mkdirSync(join(this.folder, 'pages', 'assets'))
    writeFileSync(join(this.folder, 'pages', 'customer', 'index.html'), '<!doctype html><title>customer</title>')
  }

  static async start(customers: readonly Customer[], init: Partial<PortalInit> = {}): Promise<PortalRig> {
    const rig = new PortalRig(await SupplierStub.start())
    for (const { account, oneTime, household } of customers)
      rig.supplier.accounts.set(account, { password: oneTime, roles: ['customer'], household })
    await rig.startPortal(init)
    return rig
  }

  async startPortal(init: Partial<PortalInit> = {}): Promise<void> {
    const note = (...what: readonly unknown[]): number => this.log.push(JSON.stringify(what))
    this.#server = await startPortal({
      dataDir: this.dataDir,
      supplier: this.supplier.url,
      listen: { host: '127.0.0.1', port: 0 },
      pages: join(this.folder, 'pages'),
      rng: systemRng,
      now: () => Date.now() + this.later,
      log: { event: note, supplierAway: note, warn: note },
      ...init
    })
  }

  async stopPortal(): Promise<void> {
    await this.#server?.stop()
  }

  async stop(): Promise<void> {
    await this.stopPortal()
    await this.supplier.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  browser(): PortalBrowser {
    return new PortalBrowser(this.#server?.url ?? '')
  }

  /** As `register` does it, the first time. */
  async register({ account, oneTime, vault }: Customer): Promise<void> {
    const { status, body } = await this.browser().ask('POST', '/api/registration', registration(vault, account, oneTime))
    if (status !== 200) throw new Error(`registering: status ${status}, ${JSON.stringify(body)}`)
  }

  async signedIn({ account, vault }: Customer): Promise<PortalBrowser> {
    const browser = this.browser()
    await browser.signIn(account, vault.signInProof())
    return browser
  }

  /** What the supplier was asked since, as `GET /api/…`. */
  askedSince(count: number): string[] {
    return this.supplier.asked.slice(count).map(({ method, path }) => `${method} ${path}`)
  }
}

export interface RegistrationBody {
  readonly account: string
  readonly password: string
  readonly proof: string
  readonly record: string
}

export function registration(vault: Vault, account: string, password: string, record: AccountRecord = vault.record): RegistrationBody {
  return { account, password, proof: vault.signInProof(), record: encodeAccount(record) }
}

/** All the ways in which bytes are written down. */
export function spellings(secret: Uint8Array | string): string[] {
  if (typeof secret === 'string') return [secret, ...spellings(new TextEncoder().encode(secret))]
  const buffer = Buffer.from(secret)
  return [
    toHex(secret),
    toHex(secret).toUpperCase(),
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
    buffer.toString('latin1')
  ]
}
