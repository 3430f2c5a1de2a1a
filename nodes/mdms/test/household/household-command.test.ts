// From a meter's id to an account of its household, as a person at the supplier's does it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withPeerId } from '@hushgrid/network'
import { IdentityKey, SeededRng, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { expectRefused, LONG, runMdms } from '../support/command-tools.ts'

const ADA = 'correct horse battery'
const KIM = 'password of a customer'
const { id: meter } = IdentityKey.generate(new SeededRng('a meter'))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-household-command-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const at = (more: readonly string[]): string[] => [...more, '--data-dir', folder]

describe('household', () => {
  it('prints the pseudonym that deliveries of the meter are kept under, which binds an account', { timeout: LONG }, async () => {
    const expected = openPseudonyms(folder, systemRng)(meter)
    const [plain, address, json] = await Promise.all([
      runMdms(at(['household', '--meter', meter])),
      runMdms(at(['household', '--meter', withPeerId('', meter)])),
      runMdms(at(['household', '--meter', meter.toUpperCase(), '--json']))
    ])
    expect(plain).toEqual({ status: 0, out: `${expected}\n`, errors: '' })
    expect(address).toEqual(plain)
    expect(JSON.parse(json.out)).toEqual({ meter, household: expected })

    expect(await runMdms(at(['account', 'add', 'ada', '--roles', 'admin']), [ADA])).toMatchObject({ status: 0 })
    const add = ['account', 'add', 'kim', '--roles', 'customer', '--household', plain.out.trim(), '--as', 'ada']
    expect(await runMdms(at(add), [ADA, KIM])).toEqual({ status: 0, out: 'account kim: customer\n', errors: '' })
    const { out } = await runMdms(at(['account', 'list', '--as', 'ada', '--json']), [ADA])
    expect(JSON.parse(out)).toContainEqual({ account: 'kim', roles: ['customer'], household: expected })
  })

  it('makes no key where there is none, and says what is wrong in one sentence', { timeout: LONG }, async () => {
    await Promise.all([
      expectRefused(runMdms(at(['household', '--meter', meter])), /household\.key: expected the key of a supplier that has run before/, []),
      expectRefused(runMdms(at(['household', '--meter', 'abc'])), /--meter.*expected 64 hexadecimal digits or a multiaddr/, [])
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  it('is told of where accounts are', { timeout: LONG }, async () => {
    const { status, out } = await runMdms(['account', 'add', '--help'])
    expect(status).toBe(0)
    expect(out).toContain('"pnpm node:mdms household"')
    expect(out.replaceAll(/\s*\\?\s+/g, ' ')).toContain('--roles customer --household household-')
  })
})
