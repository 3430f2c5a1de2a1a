// `serve` and `register` as processes of their own, as people start them.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keyEpoch } from '@hushgrid/billing'
import { meterId, SeededRng, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeAccount } from '../../src/device/account-record.ts'
import { CustomerDevice } from '../../src/device/customer-device.ts'
import { CustomerRecords } from '../../src/device/customer-records.ts'
import { PortalBrowser } from '../support/portal-browser.ts'
import { spellings } from '../support/portal-rig.ts'
import { SupplierStub } from '../support/portal-supplier.ts'

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const LONG = 120_000
const PASSWORD = 'a password of the customer'
const CHANGED = 'another password of hers'
const ONE_TIME = 'one-time password from the supplier'
const HOUSEHOLD = `household-${'11'.repeat(16)}`

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** A program that runs. */
class Program {
  out = ''
  err = ''
  readonly child: ChildProcess
  readonly ended: Promise<Ended>

  constructor(args: readonly string[], lines: readonly string[] = []) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' })
    this.child.stdout?.setEncoding('utf8').on('data', text => {
      this.out += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', text => {
      this.err += text
    })
    // It may end before it has read all.
    this.child.stdin?.on('error', () => undefined).end(lines.map(line => `${line}\n`).join(''))
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', status => resolve({ status, out: this.out, err: this.err }))
    })
  }

  /** Resolves with what the log then has that matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out)
      if (match) return match
      if (this.child.exitCode !== null) throw new Error(`expected ${pattern}, got status ${this.child.exitCode}: ${this.err}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

let folder: string
let supplier: SupplierStub
let programs: Program[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-portal-'))
  supplier = await SupplierStub.start()
  supplier.accounts.set('flat-7', { password: ONE_TIME, roles: ['customer'], household: HOUSEHOLD })
  programs = []
})
afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL')
  await Promise.all(programs.map(({ ended }) => ended))
  await supplier.stop()
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string): string => join(folder, name)

function start(args: readonly string[], lines: readonly string[] = []): Program {
  const program = new Program(args, lines)
  programs.push(program)
  return program
}

async function serve(...more: readonly string[]): Promise<{ program: Program; url: string }> {
  const program = start(['serve', '--data-dir', at('portal'), '--supplier', supplier.url, '--listen', '127.0.0.1:0', ...more])
  const [, url = ''] = await program.says(/ listening url=(\S+\/) /)
  return { program, url }
}

async function register(url: string, lines: readonly string[], ...more: readonly string[]): Promise<Ended> {
  return await start(['register', '--portal', url, '--data-dir', at('customer'), ...more], lines).ended
}

/** What `pair` leaves behind. */
async function vaultOf(account = 'flat-7'): Promise<{ records: CustomerRecords; device: CustomerDevice; key: Uint8Array }> {
  const records = new CustomerRecords(at('customer/records'))
  const device = await CustomerDevice.create(records, account, PASSWORD, systemRng)
  const key = new SeededRng('K').bytes(32)
  device.addKey(meterId('11'.repeat(32)), { epoch: keyEpoch(0), key })
  return { records, device, key }
}

function recordOf(records: CustomerRecords): string {
  const record = records.readAccount()
  if (!record) throw new Error('no account')
  return encodeAccount(record)
}

describe('serve and register', () => {
  it('bring a customer’s keys into the page, and again after each change', { timeout: LONG }, async () => {
    const { records, device, key } = await vaultOf()
    const { program, url } = await serve()

    const seen = async (proof: string): Promise<unknown> => {
      const browser = new PortalBrowser(url)
      const { household } = await browser.signIn('flat-7', proof)
      return (await browser.ask('GET', `/api/households/${household}/vault`)).body
    }

    const wrong = await register(url, [PASSWORD, 'not the one-time password'])
    expect(wrong).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/^--portal .+: expected the one-time password .+\n$/) })
    const first = await register(url, [PASSWORD, ONE_TIME], '--account', 'flat-7')
    expect(first).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringContaining(`registered at ${url.replace(/\/$/, '')} for ${HOUSEHOLD}, with 1 `)
    })
    expect(await seen(device.signInProof())).toEqual({ record: recordOf(records) })
    const firstProof = device.signInProof()

    // A newly paired meter: nothing beside the password is asked for.
    device.addKey(meterId('22'.repeat(32)), { epoch: keyEpoch(0), key: new SeededRng('another K').bytes(32) })
    expect(await register(url, [PASSWORD])).toMatchObject({ status: 0, err: '', out: expect.stringContaining('with 2 wrapped keys') })
    expect(await seen(firstProof)).toEqual({ record: recordOf(records) })

    // A changed password.
    await device.changePassword(CHANGED)
    const unsaid = await register(url, [CHANGED, ONE_TIME])
    expect(unsaid).toMatchObject({ status: 2, err: expect.stringContaining('--password-changed') })
    const lost = await register(url, [CHANGED, 'not the earlier password'], '--password-changed')
    expect(lost).toMatchObject({ status: 2, err: expect.stringContaining('registered last') })
    expect(await register(url, [CHANGED, PASSWORD], '--password-changed')).toMatchObject({ status: 0, err: '' })
    expect(await seen(device.signInProof())).toEqual({ record: recordOf(records) })
    await expect(seen(firstProof)).rejects.toThrow('status 401')

    program.child.kill('SIGINT')
    const ended = await program.ended
    expect(ended).toMatchObject({ status: 0, err: '' })
    expect(ended.out).toMatch(/ portal registered sessions=\d+ accounts=1\n/)

    const files = readdirSync(at('portal'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    const paths = files.map(({ parentPath, name }) => join(parentPath, name))
    for (const path of paths) expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600])
    const left = [ended.out, ended.err, ...paths.map(path => readFileSync(path, 'latin1'))].join('\n')
    const secrets = [PASSWORD, CHANGED, ONE_TIME, firstProof, Buffer.from(firstProof, 'hex'), device.signInProof(), key]
    for (const spelling of secrets.flatMap(spellings)) expect(left).not.toContain(spelling)
    expect(ended.out).not.toContain('flat-7')
    // The supplier was shown proofs and the one-time password, never a customer's own.
    const shown = supplier.asked.map(({ body }) => body).join('\n')
    expect(shown).toContain(firstProof)
    for (const spelling of [PASSWORD, CHANGED, key].flatMap(spellings)) expect(shown).not.toContain(spelling)
  })

  it('finish what was cut short after the supplier was given the proof', { timeout: LONG }, async () => {
    const { records, device } = await vaultOf()
    const { url } = await serve()
    ;(supplier.accounts.get('flat-7') as { password: string }).password = device.signInProof()
    expect(await register(url, [PASSWORD, ONE_TIME])).toMatchObject({ status: 0, err: '' })
    const browser = new PortalBrowser(url)
    await browser.signIn('flat-7', device.signInProof())
    expect((await browser.ask('GET', `/api/households/${HOUSEHOLD}/vault`)).body).toEqual({ record: recordOf(records) })
  })

  it('say in one sentence what is wrong', { timeout: LONG }, async () => {
    await vaultOf('customer')
    const { program, url } = await serve()
    const refused = async (ended: Promise<Ended>, says: RegExp): Promise<void> => {
      expect(await ended).toMatchObject({ status: 2, out: '', err: expect.stringMatching(new RegExp(`^[^\\n]*${says.source}[^\\n]*\\n$`)) })
    }
    await refused(register(url, [PASSWORD, ONE_TIME], '--account', 'flat-7'), /--account flat-7: .+ one name at the supplier and here/)
    await refused(register(url, [PASSWORD, PASSWORD]), /stays on this machine/)
    await refused(register(supplier.url, [PASSWORD, ONE_TIME]), /--portal .+ nobody is signed in/)
    await refused(register('http://192.0.2.1', [PASSWORD]), /http does on this machine only/)
    await refused(register('https://ada:secret@portal.example', [PASSWORD]), /name or password in it/)
    await refused(start(['register', '--portal', url, '--data-dir', at('none')], [PASSWORD]).ended, /got none; .+ pair/)
    const other = ['serve', '--data-dir', at('other'), '--supplier', supplier.url]
    await refused(start([...other, '--listen', '0.0.0.0:0']).ended, /expected an address of this machine only, or TLS/)
    await refused(start([...other, '--listen', '127.0.0.1:0', '--cert', at('cert.pem')]).ended, /expected both or none/)
    const junk = ['--cert', PROGRAM, '--key', PROGRAM]
    await refused(start([...other, '--listen', '127.0.0.1:0', ...junk]).ended, /expected a certificate and its key in PEM/)
    await refused(start([...other, '--listen', new URL(url).host]).ended, /port is taken/)
    await refused(start([...other, '--listen', '127.0.0.1:0', '--supplier-ca', PROGRAM]).ended, /certificates/)
    await refused(
      start(['serve', '--data-dir', at('portal'), '--supplier', supplier.url, '--listen', '127.0.0.1:0']).ended,
      /another running node/
    )
    program.child.kill('SIGTERM')
    expect((await program.ended).status).toBe(0)
    await refused(register(url, [PASSWORD, ONE_TIME]), /expected an answer, got none \(ECONNREFUSED\)/)
  })

  it('explain themselves', { timeout: LONG }, async () => {
    for (const command of ['serve', 'register']) {
      const { status, out } = await start([command, '--help']).ended
      expect(status).toBe(0)
      for (const words of ['--portal http://127.0.0.1:7482', '--supplier http://127.0.0.1:7481', 'cannot change the password'])
        expect(out).toContain(words)
    }
  })
})
