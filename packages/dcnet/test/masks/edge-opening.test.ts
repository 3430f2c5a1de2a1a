// Edge openings of section 7: known answers beside PROTOCOL.md, and what follows from the secret that one shows.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BlindingKey, concatBytes, fromHex, type Rng, SeededRng, type Slot, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { EpochMasks, edgeMask } from '../../src/masks/edge-keys.ts'
import { openEdge, openedSecret, proofDomain } from '../../src/masks/edge-opening.ts'
import { PrivateMasks, shareOf } from '../../src/masks/private-mask.ts'
import { SyntheticRoster } from '../support/other-private-masks.ts'

const answers = fileURLToPath(new URL('../../../../../shared/known-answers/committed.json', import.meta.url))

interface Opening {
  readonly ownKey: string
  readonly otherKey: string
  readonly rosterHash: string
  readonly Z: string
  readonly e: string
  readonly z: string
}

interface Known {
  readonly edgeOpenings: readonly (Opening & Readonly<Record<'name' | 'ownSecret' | 'nonce' | 'shared', string>>)[]
  readonly refused: readonly (Opening & { readonly why: string })[]
}

const proofOf = ({ Z, e, z }: Opening): Uint8Array => fromHex(Z + e + z)
const edgeOf = ({ ownKey, otherKey, rosterHash }: Opening) => ({
  sender: fromHex(ownKey),
  other: fromHex(otherKey),
  rosterHash: fromHex(rosterHash)
})

const NONE: Known = { edgeOpenings: [], refused: [] }
const { edgeOpenings, refused }: Known = existsSync(answers) ? JSON.parse(readFileSync(answers, 'utf8')) : NONE

describe('known answers of edge openings', () => {
  it.skipIf(edgeOpenings.length === 0)('are beside this workspace', () => {
    expect([edgeOpenings.length, refused.length]).toEqual([4, 6])
  })

  it.each(edgeOpenings)('$name is made byte for byte, and shows the secret', known => {
    const own = new BlindingKey(fromHex(known.ownSecret))
    const { sender, other, rosterHash } = edgeOf(known)
    expect(toHex(own.publicKey)).toBe(toHex(sender))
    const nonce = concatBytes(fromHex(known.nonce), new Uint8Array(32))
    expect(toHex(own.proveShared(other, proofDomain(rosterHash), nonce))).toBe(toHex(proofOf(known)))
    expect(openedSecret({ sender, other, rosterHash }, proofOf(known))).toEqual(fromHex(known.shared))
    expect(toHex(own.agree(other))).toBe(known.shared)
  })

  it.each(refused)('refused: $why', known => {
    expect(openedSecret(edgeOf(known), proofOf(known))).toBeUndefined()
  })
})

describe('an opened edge', () => {
  const synthetic = new SyntheticRoster({ members: 8, degree: 6, lanes: 3 })
  const { roster } = synthetic
  const rng = new SeededRng('openings')

  /** Opens the edge of two neighbours from one side, and gives what the others read of it. */
  function opened(from: number, to: number, random: Rng = rng): Uint8Array {
    const opening = openEdge(synthetic.keyOf(from), roster.blindingKey(to), roster.hash, random)
    const edge = { sender: roster.blindingKey(from), other: roster.blindingKey(to), rosterHash: roster.hash }
    return openedSecret(edge, opening) as Uint8Array
  }

  it('shows the same secret from both sides', () => {
    for (const to of roster.neighbours(0)) {
      expect(opened(0, to)).toEqual(synthetic.shared(0, to))
      expect(opened(to, 0)).toEqual(synthetic.shared(0, to))
    }
  })

  it('gives the masks and shares that its members compute', () => {
    const slots = [0, 16, 1_900_000, 2 ** 40 + 7] as Slot[]
    for (const index of [0, 3, 7]) {
      const masks = new EpochMasks(roster, index, synthetic.secretsOf(index))
      const privateMasks = new PrivateMasks(roster, index, synthetic.secretsOf(index))
      for (const other of roster.neighbours(index)) {
        const shared = opened(index, other)
        const members = [roster.meterId(index), roster.meterId(other)] as const
        for (const slot of slots) {
          const mask = edgeMask(shared, { rosterHash: roster.hash, members }, slot, 3)
          const signed = index < other ? mask : mask.map(word => -word)
          expect([...signed]).toEqual([...masks.maskTowards(slot, [other])])
          const owner = { rosterHash: roster.hash, owner: members[1], slot }
          expect(toHex(shareOf(shared, owner, members[0]))).toBe(toHex(privateMasks.sharesOf(slot, [other])))
        }
      }
    }
  })

  it('has a nonce of its own where the random bytes come again, since one nonce for two edges shows the secret', () => {
    const nonces: string[] = []
    class Recording extends BlindingKey {
      override proveShared(other: Uint8Array, domain: Uint8Array, nonce: Uint8Array): Uint8Array {
        nonces.push(toHex(nonce))
        return super.proveShared(other, domain, nonce)
      }
    }
    const own = new Recording(synthetic.keyOf(0).exportSecret())
    const [one, two] = roster.neighbours(0).map(index => roster.blindingKey(index)) as [Uint8Array, Uint8Array]
    const open = (key: Uint8Array, rosterHash: Uint8Array, byte: number): string =>
      toHex(openEdge(own, key, rosterHash, { bytes: length => new Uint8Array(length).fill(byte) }))
    const first = open(one, roster.hash, 7)
    expect(open(one, roster.hash, 7)).toBe(first)
    open(two, roster.hash, 7)
    open(one, new Uint8Array(32), 7)
    open(one, roster.hash, 8)
    expect(new Set(nonces).size).toBe(4)
    expect(nonces[1]).toBe(nonces[0])
  })
})
