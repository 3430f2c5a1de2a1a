// What the dealer gave a PES: a share and a list, each the word of the dealer that the network file names.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkId } from '@hushgrid/dcnet'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare, KeyFileError, MeterListError, PesSetupError, signDealt, signMeterList } from '@hushgrid/pes'
import { IdentityKey, SeededRng } from '@hushgrid/primitives'
import { logLines } from '@hushgrid/runtime'
import { type Network, parseNetwork } from '@hushgrid/topology'
import { afterAll, describe, expect, it } from 'vitest'
import { fromDealer, warnUnlisted } from '../../src/pes/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-from-dealer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rng = new SeededRng('from the dealer')
const [dealer, other, meter] = [0, 1, 2].map(() => IdentityKey.generate(rng)) as [IdentityKey, IdentityKey, IdentityKey]
const { privateKey, publicKey } = generateKeyPair(2048)
const [share] = splitKey(privateKey, rng)
const network = (name: string, key?: IdentityKey): Network =>
  parseNetwork(`name: ${name}\nmembers: 10\n${key ? `dealerKey: ${key.id}\n` : ''}`, `${name}.yaml`)

function file(name: string, contents: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, contents, { mode: 0o600 })
  return path
}

describe('a share', () => {
  const dealt = signDealt(dealer, networkId('street'), publicKey, share)
  const pesShare = file('pes.share', encodeKeyShare({ publicKey, share, dealt }))
  const read = (of: Network) => fromDealer({ supplier: '', pesShare }, of).share

  it('is taken in the network that it was dealt for', () => {
    expect(read(network('street', dealer))?.publicKey.fingerprint).toBe(publicKey.fingerprint)
  })

  it('is refused under another dealer, in another network, and where the network names no dealer', () => {
    for (const of of [network('street', other), network('lane', dealer)])
      expect(() => read(of)).toThrow(/expected the signature of the dealer/)
    expect(() => read(network('street'))).toThrow(PesSetupError)
  })

  it('of before is refused, and one whose hs is another', () => {
    const text = Buffer.from(encodeKeyShare({ publicKey, share, dealt })).toString()
    const hs = ((publicKey.hs as bigint) + publicKey.n).toString(16)
    const changed = file('changed.share', text.replace((publicKey.hs as bigint).toString(16), hs))
    expect(() => fromDealer({ supplier: '', pesShare: changed }, network('street', dealer))).toThrow(/expected something of key/)
    const old = file('old.share', text.replace('share/2', 'share/1'))
    expect(() => fromDealer({ supplier: '', pesShare: old }, network('street', dealer))).toThrow(KeyFileError)
  })
})

describe('a list of meters', () => {
  const allow = file('meters.signed', signMeterList(dealer, networkId('street'), new Set([meter.id])))

  it('is taken from the dealer of the network only', () => {
    expect(fromDealer({ supplier: '', allow }, network('street', dealer)).allowed).toEqual(new Set([meter.id]))
    for (const of of [network('street', other), network('lane', dealer), network('street')])
      expect(() => fromDealer({ supplier: '', allow }, of)).toThrow(MeterListError)
  })

  it('is missed with a warning, in a lab', () => {
    const lines: string[] = []
    const log = logLines('pes', true, line => lines.push(line))
    const none = { share: undefined, allowed: undefined }
    warnUnlisted({ ...none, allowed: new Set() }, log)
    expect(lines).toEqual([])
    warnUnlisted(none, log)
    expect(lines.join('')).toContain('any meter may join')
  })
})
