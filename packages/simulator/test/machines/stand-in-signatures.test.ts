import { SeededRng, utf8 } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { StandInSignatures } from '../../src/machines/stand-in-signatures.ts'

describe('stand-in signatures', () => {
  it('hold for the signer and the message, and for nothing else', () => {
    const signatures = new StandInSignatures()
    const rng = new SeededRng('stand-in')
    const [a, b] = [signatures.generate(rng), signatures.generate(rng)]
    const signature = a.sign(utf8('message'))
    expect(signature).toHaveLength(64)
    expect(signatures.verifier(a.id).verify(utf8('message'), signature)).toBe(true)
    expect(signatures.verifier(a.id).verify(utf8('another'), signature)).toBe(false)
    expect(signatures.verifier(b.id).verify(utf8('message'), signature)).toBe(false)
    for (const at of [0, 31, 32, 63]) {
      const changed = Uint8Array.from(signature)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(signatures.verifier(a.id).verify(utf8('message'), changed)).toBe(false)
    }
  })

  it('of one simulation hold in no other', () => {
    const one = new StandInSignatures()
    const key = one.generate(new SeededRng('one'))
    expect(new StandInSignatures().verifier(key.id).verify(utf8('message'), key.sign(utf8('message')))).toBe(false)
  })
})
